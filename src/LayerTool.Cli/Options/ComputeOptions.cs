using System.CommandLine;
using System.CommandLine.Parsing;
using LayerTool.Cli.Commands;
using LayerTool.Tensors;

namespace LayerTool.Cli.Options;

/// <summary>Where and how a model is computed; on every command that runs one.</summary>
internal readonly struct ComputeOptions()
{
    private readonly Option<string> _device = new("--device")
    {
        Description = "`cpu`, `cuda` or `cuda:1`",
        HelpName = "device",
        DefaultValueFactory = _ => "cpu",
        CustomParser = Device,
        CompletionSources = { "cpu", "cuda" },
    };

    private readonly ChoiceOption<ComputeDtype> _dtype = new("--dtype", [.. ComputeDtypes.Names])
    {
        Description = "Type to compute in: `float32`, `bfloat16`, `float16`, or `auto`: the file's where the processor is fast in it",
        HelpName = "type",
    };

    private readonly Option<int?> _threads = new("--threads")
    {
        Description = "Threads of the processor; all cores where absent",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly Option<long?> _seed = new("--seed")
    {
        Description = "Seed of everything random",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
        CustomParser = Syntax.WholeNumber(0),
    };

    private readonly PathOption _libtorch = new("--libtorch")
    {
        Description = "Folder of another libtorch than the packaged one, such as `torch/lib` of a PyTorch; LAYERTOOL_LIBTORCH where absent",
        HelpName = "folder",
    };

    public void AddTo(Verb verb) => verb.AddGroup("Computing", _device, _dtype, _threads, _seed, _libtorch);

    public ComputeSettings Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_device),
        parsed.GetValue(_dtype),
        parsed.GetValue(_threads),
        parsed.GetValue(_seed) ?? 0,
        parsed.GetValue(_libtorch) ?? (Environment.GetEnvironmentVariable("LAYERTOOL_LIBTORCH") is { Length: > 0 } folder ? folder : null));

    /// <summary>Whether the line names a seed.</summary>
    public bool GivesSeed(ParseResult parsed) => parsed.GetResult(_seed) is { Implicit: false };

    private static string Device(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        bool known = text is "cpu" or "cuda" || (text.StartsWith("cuda:", StringComparison.Ordinal) && byte.TryParse(text.AsSpan(5), out _));
        if (!known)
        {
            result.AddError($"`--device` is `{text}`, expected `cpu`, `cuda` or `cuda:1`");
        }

        return text;
    }
}
