using System.CommandLine;
using LayerTool.Cli.Options;
using LayerTool.Tensors;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool info</c>: the program and the machine that it runs on.</summary>
internal sealed class InfoCommand : Verb
{
    private readonly ComputeOptions _compute = new();

    public InfoCommand(Services services)
        : base("info", "Versions, native library, devices, threads, memory, matrix instructions")
    {
        _compute.AddTo(this);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Prints what a report of a bug should hold: the versions, the native library and where it is, the processor's " +
        "instructions for 16-bit products, memory and devices. It fails where the library does not load, and says why.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool info", "What this machine computes with"),
        new("layertool info --json", "The same for a report of a bug"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation)
    {
        services.Reporter.Show(new InfoReport(MachineInfo.Read(request.Compute)));
        return Task.FromResult(ExitCodes.Success);
    }

    private Request Read(ParseResult parsed) => new(_compute.Read(parsed));

    internal sealed record Request(ComputeSettings Compute);
}
