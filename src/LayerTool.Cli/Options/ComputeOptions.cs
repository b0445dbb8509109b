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
        Description = "`cpu`, `cuda`, `cuda:1`; several spread the layers over them: `cuda:0,cuda:1`, or `auto`",
        HelpName = "device",
        DefaultValueFactory = _ => DeviceNames.Cpu,
        CustomParser = Device,
        CompletionSources = { "cpu", "cuda", "auto" },
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

    private readonly Option<bool> _offload = new("--offload")
    {
        Description = "Hold the weights of one layer at a time, read anew in each pass: for a model that is larger than the memory",
    };

    private readonly Option<bool> _tf32 = new("--tf32")
    {
        Description = "Round float32 products to TF32 on CUDA: faster, and less exact",
    };

    public void AddTo(Verb verb) => verb.AddGroup("Computing", _device, _dtype, _offload, _tf32, _threads, _seed, _libtorch);

    public ComputeSettings Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_device),
        parsed.GetValue(_dtype),
        parsed.GetValue(_threads),
        parsed.GetValue(_seed) ?? 0,
        parsed.GetValue(_libtorch) ?? (Environment.GetEnvironmentVariable("LAYERTOOL_LIBTORCH") is { Length: > 0 } folder ? folder : null),
        parsed.GetValue(_offload),
        parsed.GetValue(_tf32));

    /// <summary>Whether the line names a seed.</summary>
    public bool GivesSeed(ParseResult parsed) => parsed.GetResult(_seed) is { Implicit: false };

    private static string Device(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        if (text != DeviceNames.Auto && DeviceNames.Parse(text) is null)
        {
            result.AddError($"`--device` is `{text}`, expected `auto`, `cpu`, `cuda`, `cuda:1`, or several with commas between");
        }

        return text;
    }
}
