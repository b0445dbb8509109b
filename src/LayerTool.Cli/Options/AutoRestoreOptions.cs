using System.CommandLine;
using System.CommandLine.Parsing;
using LayerTool.Cli.Commands;
using LayerTool.Scoring;

namespace LayerTool.Cli.Options;

/// <summary>The choice of a range by what it does to the diversity of answers.</summary>
internal readonly struct AutoRestoreOptions()
{
    private readonly ChoiceOption<RangeMethod> _auto = new("--auto", ("crc", RangeMethod.Crc))
    {
        Description = "Choose the range: `crc` scores every one on prompts for random characters and takes the most diverse of those that stay valid",
        HelpName = "method",
    };

    private readonly PathOption _prompts = new("--prompts")
    {
        Description = "The prompts: one `{\"prompt\", \"valid\": […], \"class\"}` a line; the 40 built-in ones where absent",
        HelpName = "file.jsonl",
    };

    private readonly PathOption _template = new("--template")
    {
        Description = "Another chat template than the model's; `none` asks without one",
        HelpName = "file.jinja",
    };

    private readonly Option<double?> _minValidity = new("--min-validity")
    {
        Description = "Part of the model's own validity that a range has to keep; 0.9 where absent",
        HelpName = "part",
        CustomParser = Syntax.Number("a number from 0 to 1", number => number is >= 0 and <= 1, "0 takes the most diverse range, whatever it answers"),
    };

    private readonly Option<int?> _maxWidth = new("--max-width")
    {
        Description = "Most layers of a range; any number where absent",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly Option<bool> _soup = new("--soup") { Description = "Score mixtures of all layers' weights as well, to compare with: 0, 5, … 100 % of the other checkpoint" };

    private readonly PathOption _csv = new("--csv") { Description = "Write the table of ranges to this file as comma-separated values", HelpName = "file" };

    private readonly PathOption _heatMap = new("--heat-map") { Description = "Draw the ranges in this file", HelpName = "file.svg" };

    public void AddTo(Verb verb)
    {
        (Option Auto, Option[] Further) own = (_auto, [_prompts, _template, _minValidity, _maxWidth, _soup, _csv, _heatMap]);
        verb.AddGroup("Choosing the range", [own.Auto, .. own.Further]);
        verb.Validators.Add(result =>
        {
            bool Given(Option option) => result.GetResult(option) is { Implicit: false };
            if (!Given(own.Auto) && own.Further.FirstOrDefault(Given) is Option lost)
            {
                result.AddError(UsageErrors.WithHint($"`{lost.Name}` belongs to the choice of a range, and none is asked for", "add `--auto crc`, or leave it out"));
            }
        });
    }

    /// <summary>Whether the range is chosen, for validators.</summary>
    public bool IsGiven(CommandResult result) => result.GetResult(_auto) is { Implicit: false };

    /// <summary>How the range is chosen; null where layers are named.</summary>
    public AutoRestoreRequest? Read(ParseResult parsed) => parsed.GetValue(_auto) == RangeMethod.Crc
        ? new AutoRestoreRequest(
            parsed.GetValue(_prompts),
            parsed.GetValue(_template),
            parsed.GetValue(_minValidity) ?? RestoreChoice.DefaultMinValidity,
            parsed.GetValue(_maxWidth),
            parsed.GetValue(_soup),
            parsed.GetValue(_csv),
            parsed.GetValue(_heatMap))
        : null;
}
