using System.Numerics;
using System.Text;
using LayerTool.Tokenization.Templates.Running;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>The methods of Python's <c>str</c>.</summary>
internal static class TextMethods
{
    private static readonly Dictionary<string, Func<Budget, string, Arguments, object?>> Table = new(StringComparer.Ordinal)
    {
        ["strip"] = (_, text, given) => Strip(text, given, start: true, end: true),
        ["lstrip"] = (_, text, given) => Strip(text, given, start: true, end: false),
        ["rstrip"] = (_, text, given) => Strip(text, given, start: false, end: true),
        ["split"] = (_, text, given) => TextSplit.Split(text, given.OptionalText(0, "sep"), given.Int(1, "maxsplit", -1)),
        ["rsplit"] = (_, text, given) => TextSplit.SplitFromEnd(text, given.OptionalText(0, "sep"), given.Int(1, "maxsplit", -1)),
        ["splitlines"] = (_, text, given) => TextSplit.Lines(text, given.Flag(0, "keepends")),
        ["partition"] = (_, text, given) => TextSplit.Partition(text, given.Text(0, "sep"), last: false),
        ["rpartition"] = (_, text, given) => TextSplit.Partition(text, given.Text(0, "sep"), last: true),
        ["startswith"] = (_, text, given) => Affixes(given).Any(affix => text.StartsWith(affix, StringComparison.Ordinal)),
        ["endswith"] = (_, text, given) => Affixes(given).Any(affix => text.EndsWith(affix, StringComparison.Ordinal)),
        ["find"] = (_, text, given) => (BigInteger)TextIndex.PointAt(text, text.IndexOf(given.Text(0, "sub"), StringComparison.Ordinal)),
        ["rfind"] = (_, text, given) => (BigInteger)TextIndex.PointAt(text, text.LastIndexOf(given.Text(0, "sub"), StringComparison.Ordinal)),
        ["index"] = (_, text, given) => text.IndexOf(given.Text(0, "sub"), StringComparison.Ordinal) is int at and >= 0
            ? (BigInteger)TextIndex.PointAt(text, at)
            : throw new TemplateFault("ValueError", "substring not found"),
        ["count"] = (_, text, given) => (BigInteger)(given.Text(0, "sub") is { Length: > 0 } part ? TextSplit.Count(text, part) : TextIndex.Length(text) + 1),
        ["replace"] = (budget, text, given) => Replace(budget, text, given.Text(0, "old"), given.Text(1, "new"), given.Int(2, "count", -1)),
        ["join"] = (budget, text, given) => Join(budget, text, given.Require(0, "iterable")),
        ["upper"] = (budget, text, _) => budget.Made(TextCase.Upper(text)),
        ["lower"] = (budget, text, _) => budget.Made(text.ToLowerInvariant()),
        ["casefold"] = (budget, text, _) => budget.Made(text.ToLowerInvariant().Replace("ß", "ss", StringComparison.Ordinal)),
        ["title"] = (budget, text, _) => budget.Made(TextCase.Title(text)),
        ["capitalize"] = (budget, text, _) => budget.Made(TextCase.Capitalize(text)),
        ["swapcase"] = (budget, text, _) => budget.Made(TextCase.Swap(text)),
        ["isdigit"] = (_, text, _) => All(text, Rune.IsDigit),
        ["isdecimal"] = (_, text, _) => All(text, Rune.IsDigit),
        ["isnumeric"] = (_, text, _) => All(text, Rune.IsNumber),
        ["isalpha"] = (_, text, _) => All(text, Rune.IsLetter),
        ["isalnum"] = (_, text, _) => All(text, Rune.IsLetterOrDigit),
        ["isspace"] = (_, text, _) => text.Length > 0 && text.All(PythonSpace.IsSpace),
        ["isupper"] = (_, text, _) => TextCase.IsUpper(text),
        ["islower"] = (_, text, _) => TextCase.IsLower(text),
        ["isascii"] = (_, text, _) => Ascii.IsValid(text),
        ["removeprefix"] = (_, text, given) => given.Text(0, "prefix") is string prefix && text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text,
        ["removesuffix"] = (_, text, given) => given.Text(0, "suffix") is string suffix && text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text,
        ["zfill"] = (budget, text, given) => FillZeros(budget, text, given.Int(0, "width", 0)),
        ["ljust"] = (budget, text, given) => Pad(budget, text, given, left: 0, right: 1),
        ["rjust"] = (budget, text, given) => Pad(budget, text, given, left: 1, right: 0),
        ["center"] = (budget, text, given) => Pad(budget, text, given, left: 1, right: 1),
        ["expandtabs"] = (budget, text, given) => TextSplit.ExpandTabs(budget, text, given.Int(0, "tabsize", 8)),
        ["encode"] = (_, text, _) => new BytesValue(Encoding.UTF8.GetBytes(text)),
        ["format"] = BraceFormat.Apply,
    };

    public static bool TryGet(Budget budget, string text, string name, out object? method)
    {
        method = Table.TryGetValue(name, out Func<Budget, string, Arguments, object?>? found) ? new FunctionValue(given => found(budget, text, given)) : null;
        return method is not null;
    }

    /// <summary>The text with parts replaced; a negative count is all.</summary>
    public static string Replace(Budget budget, string text, string old, string replacement, int count)
    {
        int found = old.Length == 0 ? TextIndex.Length(text) + 1 : TextSplit.Count(text, old);
        int most = count < 0 ? found : Math.Min(found, count);
        budget.Charge(text.Length + ((long)most * replacement.Length));
        if (old.Length == 0)
        {
            List<string> points = TextIndex.Points(text);
            return string.Concat(Enumerable.Range(0, points.Count + 1).Select(i => (i < most ? replacement : "") + (i < points.Count ? points[i] : "")));
        }

        if (most == found)
        {
            return text.Replace(old, replacement, StringComparison.Ordinal);
        }

        StringBuilder result = new();
        int position = 0;
        for (int i = 0; i < most; i++)
        {
            int at = text.IndexOf(old, position, StringComparison.Ordinal);
            result.Append(text, position, at - position).Append(replacement);
            position = at + old.Length;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }

    private static string Join(Budget budget, string separator, object? items)
    {
        List<string> parts = [];
        foreach (object? item in PythonOperators.Iterate(items))
        {
            string part = item as string
                ?? throw new TemplateFault("TypeError", $"sequence item {parts.Count}: expected str instance, {PythonType.Of(item)} found");
            budget.Charge(part.Length + separator.Length);
            parts.Add(part);
        }

        return string.Join(separator, parts);
    }

    private static string Strip(string text, Arguments given, bool start, bool end)
    {
        if (given.OptionalText(0, "chars") is not { } characters)
        {
            string trimmed = start ? PythonSpace.TrimStart(text) : text;
            return end ? PythonSpace.TrimEnd(trimmed) : trimmed;
        }

        List<string> points = TextIndex.Points(text);
        HashSet<string> set = [.. TextIndex.Points(characters)];
        int first = 0;
        int last = points.Count;
        while (start && first < last && set.Contains(points[first]))
        {
            first++;
        }

        while (end && last > first && set.Contains(points[last - 1]))
        {
            last--;
        }

        return string.Concat(points[first..last]);
    }

    private static IEnumerable<string> Affixes(Arguments given) => given.Require(0, "prefix") switch
    {
        string one => [one],
        TupleValue several => several.Items.Select(item => item as string ?? throw NoAffix(item)),
        { } other => throw NoAffix(other),
        null => throw NoAffix(null),
    };

    private static TemplateFault NoAffix(object? value) =>
        new("TypeError", $"startswith and endswith take str or a tuple of str, not {PythonType.Of(value)}");

    private static string FillZeros(Budget budget, string text, int width)
    {
        int missing = width - TextIndex.Length(text);
        if (missing <= 0)
        {
            return text;
        }

        budget.Charge(width);
        int sign = text.StartsWith('-') || text.StartsWith('+') ? 1 : 0;
        return string.Concat(text.AsSpan(0, sign), new string('0', missing), text.AsSpan(sign));
    }

    private static string Pad(Budget budget, string text, Arguments given, int left, int right)
    {
        int missing = given.Int(0, "width", 0) - TextIndex.Length(text);
        string fill = given.OptionalText(1, "fillchar") ?? " ";
        if (missing <= 0)
        {
            return text;
        }

        budget.Charge((long)missing * fill.Length);
        int width = given.Int(0, "width", 0);
        int before = left == 0 ? 0 : right == 0 ? missing : (missing / 2) + (missing & width & 1);
        return string.Concat(Enumerable.Repeat(fill, before).Append(text).Concat(Enumerable.Repeat(fill, missing - before)));
    }

    private static bool All(string text, Func<Rune, bool> test) => text.Length > 0 && text.EnumerateRunes().All(test);
}
