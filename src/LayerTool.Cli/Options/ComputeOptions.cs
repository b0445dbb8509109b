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
    };

    private readonly Option<ComputeDtype> _dtype = new("--dtype")
    {
        Description = "Type to compute in: `float32`, `bfloat16`, `float16`, or `auto`: the file's where the processor is fast in it",
        HelpName = "type",
        CustomParser = Syntax.OneOf(
            ("auto", ComputeDtype.Auto), ("float32", ComputeDtype.Float32), ("bfloat16", ComputeDtype.BFloat16), ("float16", ComputeDtype.Float16)),
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

    public void AddTo(Verb verb) => verb.AddGroup("Computing", _device, _dtype, _threads, _seed);

    public ComputeSettings Read(ParseResult parsed) =>
        new(parsed.GetRequiredValue(_device), parsed.GetValue(_dtype), parsed.GetValue(_threads), parsed.GetValue(_seed) ?? 0);

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
