using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace LayerTool.Cli.Options;

/// <summary>An option that takes whole numbers, separated by commas.</summary>
internal sealed class CountsOption : Option<int[]?>
{
    private readonly int _least;

    public CountsOption(string name, int least)
        : base(name)
    {
        _least = least;
        HelpName = "N,…";
        CustomParser = Parse;
    }

    /// <summary>The numbers, or the usual ones where the line names none: an absent list reads as an empty one.</summary>
    public int[] Read(ParseResult parsed, int[] usual) => parsed.GetValue(this) is { Length: > 0 } numbers ? numbers : usual;

    private int[]? Parse(ArgumentResult result)
    {
        List<int> numbers = [];
        foreach (string text in result.Tokens[^1].Value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < _least)
            {
                result.AddError($"`{Name}` is `{result.Tokens[^1].Value}`, expected whole numbers of at least {_least}, separated by commas");
                return null;
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }
}
