using System.Text.RegularExpressions;
using LayerTool.Faults;

namespace LayerTool.Python;

/// <summary>A regular expression that was written for Python. One that runs away is a fault, not a hang.</summary>
public sealed class PythonRegex
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;
    private readonly Lazy<Regex> _whole;
    private readonly string _pattern;
    private readonly string _adapted; // Python writes named groups with a P, and the end of the text with a capital Z alone

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="LayerToolException">It is not valid, or not valid here.</exception>
    public PythonRegex(string pattern)
    {
        _pattern = pattern;
        _adapted = pattern.Replace("(?P<", "(?<", StringComparison.Ordinal).Replace(@"\Z", @"\z", StringComparison.Ordinal);
        _regex = Compile(_adapted);
        _whole = new Lazy<Regex>(() => Compile($@"\A(?:{_adapted})\z"));
    }

    /// <summary>All matches, from left to right, not overlapping.</summary>
    /// <exception cref="LayerToolException">Looking for them took longer than a second.</exception>
    public IReadOnlyList<Match> Matches(string text) => Guarded(() => _regex.Matches(text).ToArray());

    /// <summary>Whether the whole text is a match.</summary>
    /// <exception cref="LayerToolException">Finding out took longer than a second.</exception>
    public bool IsFullMatch(string text) => Guarded(() => _whole.Value.IsMatch(text));

    /// <summary>The text without its matches.</summary>
    /// <exception cref="LayerToolException">Looking for them took longer than a second.</exception>
    public string Delete(string text) => Guarded(() => _regex.Replace(text, ""));

    private Regex Compile(string adapted)
    {
        try
        {
            return new Regex(adapted, RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException fault)
        {
            throw new LayerToolException(
                $"the regular expression {Quoted.Text(_pattern)} cannot be used: {fault.Message.TrimEnd('.')}", "write it without what Python alone knows", fault);
        }
    }

    private T Guarded<T>(Func<T> match)
    {
        try
        {
            return match();
        }
        catch (RegexMatchTimeoutException fault)
        {
            throw new LayerToolException(
                $"the regular expression {Quoted.Text(_pattern)} took longer than {Patience.TotalSeconds} s on one text", "write it so that it does not go back and forth", fault);
        }
    }
}
