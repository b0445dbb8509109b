using LayerTool.Evaluation.Tasks;
using LayerTool.Python;

namespace LayerTool.Evaluation.Metrics;

/// <summary><c>exact_match</c>: whether two texts are equal after cleaning. They are compared as texts: <c>18</c> is not <c>18.0</c>.</summary>
/// <param name="rules">What is cleaned.</param>
public sealed class ExactMatch(ExactMatchRules rules)
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private readonly PythonRegex[] _ignored = [.. rules.Ignored.Select(pattern => new PythonRegex(pattern))];

    /// <summary>Whether the answer is any of the targets.</summary>
    public bool IsMatch(string answer, IEnumerable<string> targets)
    {
        string cleaned = Clean(answer);
        return targets.Any(target => Clean(target) == cleaned);
    }

    private string Clean(string text)
    {
        text = _ignored.Aggregate(text, (current, pattern) => pattern.Delete(current));
        text = rules.IgnoreCase ? LetterCase.Lower(text) : text;
        text = rules.IgnorePunctuation ? string.Concat(text.Where(letter => !Punctuation.Contains(letter, StringComparison.Ordinal))) : text;
        return rules.IgnoreNumbers ? string.Concat(text.Where(letter => !char.IsAsciiDigit(letter))) : text;
    }
}
