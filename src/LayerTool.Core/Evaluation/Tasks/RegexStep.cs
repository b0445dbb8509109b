using System.Text.RegularExpressions;
using LayerTool.Python;
using LayerTool.Tokenization.Templates;

namespace LayerTool.Evaluation.Tasks;

/// <summary>Keeps one match of a regular expression (<c>regex</c>), or a fallback where there is none.</summary>
/// <param name="Pattern">The expression, as Python's <c>re</c> reads it.</param>
/// <param name="Selected">Which match: from 0, or from the end with −1.</param>
/// <param name="Fallback">The text where nothing matches.</param>
public sealed record RegexStep(string Pattern, int Selected = 0, string Fallback = "[invalid]") : FilterStep
{
    private readonly PythonRegex _pattern = new(Pattern);

    /// <inheritdoc />
    public override string Apply(string text)
    {
        IReadOnlyList<Match> matches = _pattern.Matches(text);
        int index = Selected < 0 ? matches.Count + Selected : Selected;
        if (index < 0 || index >= matches.Count)
        {
            return Fallback;
        }

        // As findall: the whole match where there is no group, else the first group that is not empty.
        Match match = matches[index];
        string found = match.Groups.Count == 1
            ? match.Value
            : match.Groups.Values.Skip(1).Select(group => group.Value).FirstOrDefault(value => value.Length > 0) ?? Fallback;
        return PythonSpace.Trim(found);
    }
}
