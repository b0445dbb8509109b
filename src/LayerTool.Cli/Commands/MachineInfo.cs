using System.Reflection;
using System.Runtime.InteropServices;
using LayerTool.Tensors;
using TorchSharp;

namespace LayerTool.Cli.Commands;

/// <summary>The program and its machine, as <c>layertool info</c> says them.</summary>
internal sealed record MachineInfo
{
    public required string Version { get; init; }

    public required string TorchSharp { get; init; }

    public required string Libtorch { get; init; }

    public required string LibtorchFolder { get; init; }

    public required string Runtime { get; init; }

    public required string System { get; init; }

    public required int Cores { get; init; }

    public required IReadOnlyList<string> Instructions { get; init; }

    public required int Threads { get; init; }

    public required long MemoryBytes { get; init; }

    public required long? MemoryAvailableBytes { get; init; }

    public required IReadOnlyList<string> Devices { get; init; }

    /// <summary>Loads the native library and asks it and the system.</summary>
    public static MachineInfo Read(ComputeSettings settings)
    {
        TorchHost.Start(settings);
        return new MachineInfo
        {
            Version = ProductVersion.Text,
            TorchSharp = typeof(torch).Assembly.GetName().Version!.ToString(fieldCount: 3),
            Libtorch = TorchHost.IsPackaged ? Package() : $"another than {Package()},",
            LibtorchFolder = TorchHost.LibraryFolder!,
            Runtime = Environment.Version.ToString(),
            System = RuntimeInformation.OSDescription,
            Cores = Environment.ProcessorCount,
            Instructions = ProcessorFeatures.Current.Names,
            Threads = torch.get_num_threads(),
            MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            MemoryAvailableBytes = MemoryBudget.AvailableBytes(),
            Devices = ["cpu", .. Enumerable.Range(0, torch.cuda.is_available() ? torch.cuda.device_count() : 0).Select(index => $"cuda:{index}")],
        };
    }

    private static string Package() =>
        typeof(MachineInfo).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "LibtorchPackage").Value!;
}
