using System.CommandLine;
using LayerTool.Cli.Commands;
using LayerTool.Generation;

namespace LayerTool.Cli.Options;

/// <summary>How different a model's answers are.</summary>
internal readonly struct DiversityOptions()
{
    private const int DefaultSamples = 16;
    private const int DefaultCount = 64;

    private readonly PathsOption _prompts = new("--diversity")
    {
        Description = "Measure how different answers are: `crc` (the next character to 40 built-in prompts) or a jsonl file of prompts; with `valid` in it the next token alone, else drawn answers, right ones in `answers`",
        HelpName = "crc|file",
    };

    private readonly PathOption _template = new("--template")
    {
        Description = "Another chat template for these prompts than the model's; `none` asks without one",
        HelpName = "file.jinja",
    };

    private readonly Option<int?> _samples = new("--samples")
    {
        Description = "Answers drawn to each prompt; 16 where absent",
        HelpName = "K",
        CustomParser = Syntax.Count(2),
    };

    private readonly Option<int?> _count = new("--max-new-tokens", "-n")
    {
        Description = "Most tokens of an answer; 64 where absent",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly SamplingOptions _sampling = new(alwaysDraws: true);

    /// <summary>The prompts.</summary>
    public Option Prompts => _prompts;

    public void AddTo(Verb verb) => verb.AddGroup("Diversity", [_prompts, _template, _samples, _count, .. _sampling.All]);

    public DiversityRequest Read(ParseResult parsed, long seed)
    {
        SamplingSettings sampling = _sampling.Read(parsed, seed);
        return new DiversityRequest(
            parsed.GetValue(_prompts) ?? [],
            parsed.GetValue(_template),
            parsed.GetValue(_samples) ?? DefaultSamples,
            parsed.GetValue(_count) ?? DefaultCount,
            _sampling.GivesTemperature(parsed) ? sampling : sampling with { Temperature = 1 });
    }
}
