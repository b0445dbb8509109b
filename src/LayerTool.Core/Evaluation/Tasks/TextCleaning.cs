using System.Text;
using System.Text.RegularExpressions;
using LayerTool.Python;
using LayerTool.Tokenization.Templates;

namespace LayerTool.Evaluation.Tasks;

/// <summary>How the texts of single data sets are cleaned, step for step as the harness does.</summary>
internal static partial class TextCleaning
{
    /// <summary>HellaSwag: marks of the WikiHow pages are taken out; what they leave is not stripped again.</summary>
    public static string Hellaswag(string text) =>
        Brackets().Replace(PythonSpace.Trim(text).Replace(" [title]", ". ", StringComparison.Ordinal), "").Replace("  ", " ", StringComparison.Ordinal);

    /// <summary>WikiText: white space of its tokenisation is taken out.</summary>
    public static string Wikitext(string page)
    {
        string text = Replace(page, ("s '", "s'"));

        // The harness's next step has the pattern's slashes inside the pattern.
        text = Slashes().Replace(text, "/'[0-9]/");
        text = Replace(
            text,
            (" @-@ ", "-"), (" @,@ ", ","), (" @.@ ", "."), (" : ", ": "), (" ; ", "; "), (" . ", ". "), (" ! ", "! "), (" ? ", "? "), (" , ", ", "));
        text = Round().Replace(text, "($1)");
        text = Square().Replace(text, "[$1]");
        text = Curly().Replace(text, "{$1}");
        text = Double().Replace(text, "\"$1\"");
        text = Single().Replace(text, "'$1'");
        return Replace(
            text, ("= = = =", "===="), ("= = =", "==="), ("= =", "=="), (" ° ", "°"), (" \n", "\n"), ("\n ", "\n"), (" N ", " 1 "), (" 's", "'s"));
    }

    /// <summary>All but the last character.</summary>
    public static string WithoutLast(string text)
    {
        Rune.DecodeLastFromUtf16(text, out _, out int length);
        return text[..^length];
    }

    /// <summary>The first character in lower case.</summary>
    public static string LowerFirst(string text)
    {
        Rune.DecodeFromUtf16(text, out _, out int length);
        return LetterCase.Lower(text[..length]) + text[length..];
    }

    private static string Replace(string text, params ReadOnlySpan<(string From, string To)> replacements)
    {
        foreach ((string from, string to) in replacements)
        {
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return text;
    }

    [GeneratedRegex(@"\[.*?\]")]
    private static partial Regex Brackets();

    [GeneratedRegex("/' [0-9]/")]
    private static partial Regex Slashes();

    [GeneratedRegex(@"\([\s\x1c-\x1f]*([^\)]*?)[\s\x1c-\x1f]*\)")]
    private static partial Regex Round();

    [GeneratedRegex(@"\[[\s\x1c-\x1f]*([^\]]*?)[\s\x1c-\x1f]*\]")]
    private static partial Regex Square();

    [GeneratedRegex(@"\{[\s\x1c-\x1f]*([^}]*?)[\s\x1c-\x1f]*\}")]
    private static partial Regex Curly();

    [GeneratedRegex("\"[\\s\\x1c-\\x1f]*([^\"]*?)[\\s\\x1c-\\x1f]*\"")]
    private static partial Regex Double();

    [GeneratedRegex(@"'[\s\x1c-\x1f]*([^']*?)[\s\x1c-\x1f]*'")]
    private static partial Regex Single();
}
