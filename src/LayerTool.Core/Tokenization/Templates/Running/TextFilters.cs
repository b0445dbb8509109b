using System.Numerics;
using System.Text;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>Filters that make a text of a text.</summary>
internal static class TextFilters
{
    public static IEnumerable<KeyValuePair<string, Func<Evaluator, object?, Arguments, object?>>> All =>
    [
        Of("trim", (budget, text, given) => TextMethod(budget, text, "strip", given)),
        Of("upper", (budget, text, _) => budget.Made(TextCase.Upper(text))),
        Of("lower", (budget, text, _) => budget.Made(text.ToLowerInvariant())),
        Of("capitalize", (budget, text, _) => budget.Made(TextCase.Capitalize(text))),
        Of("title", (budget, text, _) => budget.Made(Title(text))),
        Of("string", (_, text, _) => text),
        Of("safe", (_, text, _) => text),
        Of("e", Escape),
        Of("escape", Escape),
        Of("forceescape", Escape),
        Of("replace", (budget, text, given) => TextMethods.Replace(budget, text, PythonPrinter.Str(given.Require(0, "old")), PythonPrinter.Str(given.Require(1, "new")), given.Int(2, "count", -1))),
        Of("center", (budget, text, given) => TextMethod(budget, text, "center", Arguments.Of((BigInteger)given.Int(0, "width", 80)))),
        Of("indent", Indent),
        Of("truncate", Truncate),
        Of("wordcount", (_, text, _) => (BigInteger)Words(text).Count(word => word.Any(char.IsLetterOrDigit))),
        Of("wordwrap", WordWrap),
        Of("striptags", (_, text, _) => string.Join(' ', TextSplit.Split(StripTags(text), null, -1))),
        Of("urlencode", (budget, text, _) => budget.Made(Uri.EscapeDataString(text).Replace("%2F", "/", StringComparison.Ordinal))),
        Of("format", (budget, text, given) => PercentFormat.Apply(budget, text, new TupleValue(given.Positional))),
    ];

    public static string EscapeHtml(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal);

    private static KeyValuePair<string, Func<Evaluator, object?, Arguments, object?>> Of(string name, Func<Budget, string, Arguments, object?> filter) =>
        new(name, (evaluator, value, given) => filter(evaluator.Budget, PythonPrinter.Str(value), given));

    private static object? TextMethod(Budget budget, string text, string name, Arguments given) =>
        TextMethods.TryGet(budget, text, name, out object? method) ? ((FunctionValue)method!).Call(given) : null;

    private static string Escape(Budget budget, string text, Arguments given) => budget.Made(EscapeHtml(text));

    // A word begins behind white space, a hyphen or a bracket, not behind an apostrophe.
    private static string Title(string text)
    {
        StringBuilder result = new(text.Length);
        bool starts = true;
        foreach (string point in TextIndex.Points(text))
        {
            result.Append(starts ? TextCase.Upper(point) : point.ToLowerInvariant());
            starts = PythonSpace.IsSpace(point[0]) || "-({[<".Contains(point[0], StringComparison.Ordinal);
        }

        return result.ToString();
    }

    private static string Indent(Budget budget, string text, Arguments given)
    {
        object? width = given.Get(0, "width", (BigInteger)4);
        string by = width as string ?? new string(' ', Math.Clamp(given.Int(0, "width", 4), 0, 10_000));
        bool first = given.Flag(1, "first");
        bool blank = given.Flag(2, "blank");
        List<object?> lines = TextSplit.Lines(text + "\n", keepEnds: false);
        budget.Charge(text.Length + ((long)lines.Count * by.Length));
        IEnumerable<string> indented = lines.Select((line, i) => (i > 0 || first) && (blank || ((string)line!).Length > 0 || i == 0) ? by + line : (string)line!);
        return string.Join('\n', indented);
    }

    private static string Truncate(Budget budget, string text, Arguments given)
    {
        int length = given.Int(0, "length", 255);
        string end = given.OptionalText(2, "end") ?? "...";
        int leeway = given.Int(3, "leeway", 5);
        List<string> points = TextIndex.Points(text);
        if (points.Count <= (long)length + leeway)
        {
            return text;
        }

        string start = string.Concat(points.Take(Math.Max(length - TextIndex.Length(end), 0)));
        int space = given.Flag(1, "killwords") ? -1 : start.LastIndexOf(' ');
        return (space >= 0 ? start[..space] : start) + end;
    }

    private static string WordWrap(Budget budget, string text, Arguments given)
    {
        int width = Math.Max(given.Int(0, "width", 79), 1);
        StringBuilder result = new();
        foreach (string line in TextSplit.Lines(text, keepEnds: false).Cast<string>())
        {
            int column = 0;
            result.Append(result.Length > 0 ? "\n" : "");
            foreach (string word in line.Split(' '))
            {
                if (column > 0 && column + 1 + word.Length > width)
                {
                    result.Append('\n');
                    column = 0;
                }

                result.Append(column > 0 ? " " : "").Append(word);
                column += (column > 0 ? 1 : 0) + word.Length;
            }
        }

        return budget.Made(result.ToString());
    }

    private static IEnumerable<string> Words(string text) => TextSplit.Split(text, null, -1).Cast<string>();

    private static string StripTags(string text)
    {
        StringBuilder result = new();
        int position = 0;
        while (text.IndexOf('<', position) is int open and >= 0 && text.IndexOf('>', open) is int close and >= 0)
        {
            result.Append(text, position, open - position);
            position = close + 1;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }
}
