using System.Buffers;
using System.Text;
using LayerTool.Tokenization.Templates.Running;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>Cutting texts as Python does.</summary>
internal static class TextSplit
{
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\v\f\u001C\u001D\u001E\u0085\u2028\u2029");

    /// <summary>The parts between separators; without one, the words between runs of white space.</summary>
    /// <param name="text">The text.</param>
    /// <param name="separator">What stands between the parts, or null.</param>
    /// <param name="most">How many cuts at most; negative for all.</param>
    public static List<object?> Split(string text, string? separator, int most)
    {
        if (separator is null)
        {
            return SplitWords(text, most);
        }

        CheckSeparator(separator);
        List<object?> parts = [];
        int position = 0;
        while (most < 0 || parts.Count < most)
        {
            int at = text.IndexOf(separator, position, StringComparison.Ordinal);
            if (at < 0)
            {
                break;
            }

            parts.Add(text[position..at]);
            position = at + separator.Length;
        }

        parts.Add(text[position..]);
        return parts;
    }

    /// <summary>The same, cut from the end.</summary>
    public static List<object?> SplitFromEnd(string text, string? separator, int most)
    {
        if (separator is null)
        {
            // Words from the end: turned around, cut, and turned back.
            return [.. SplitWords(Reverse(text), most).Select(word => (object?)Reverse((string)word!)).Reverse()];
        }

        CheckSeparator(separator);
        List<object?> parts = [];
        int end = text.Length;
        while (most < 0 || parts.Count < most)
        {
            int at = end < separator.Length ? -1 : text.LastIndexOf(separator, end - 1, end, StringComparison.Ordinal);
            if (at < 0)
            {
                break;
            }

            parts.Add(text[(at + separator.Length)..end]);
            end = at;
        }

        parts.Add(text[..end]);
        parts.Reverse();
        return parts;
    }

    public static List<object?> Lines(string text, bool keepEnds)
    {
        List<object?> lines = [];
        int start = 0;
        while (start < text.Length)
        {
            int end = text.AsSpan(start).IndexOfAny(LineEnds);
            end = end < 0 ? text.Length : start + end;
            int next = end == text.Length ? end : text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
            lines.Add(text[start..(keepEnds ? next : end)]);
            start = next;
        }

        return lines;
    }

    public static TupleValue Partition(string text, string separator, bool last)
    {
        CheckSeparator(separator);
        int at = last ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0
            ? new TupleValue(last ? ["", "", text] : [text, "", ""])
            : new TupleValue([text[..at], separator, text[(at + separator.Length)..]]);
    }

    public static int Count(string text, string part)
    {
        int count = 0;
        for (int at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    public static string ExpandTabs(Budget budget, string text, int size)
    {
        StringBuilder result = new();
        int column = 0;
        foreach (char unit in text)
        {
            if (unit == '\t')
            {
                int width = size <= 0 ? 0 : size - (column % size);
                budget.Charge(width);
                result.Append(' ', width);
                column += width;
            }
            else
            {
                result.Append(unit);
                column = unit is '\n' or '\r' ? 0 : column + 1;
            }
        }

        return result.ToString();
    }

    private static List<object?> SplitWords(string text, int most)
    {
        List<object?> words = [];
        int at = 0;
        while (true)
        {
            while (at < text.Length && PythonSpace.IsSpace(text[at]))
            {
                at++;
            }

            if (at == text.Length)
            {
                return words;
            }

            if (most >= 0 && words.Count == most)
            {
                words.Add(PythonSpace.TrimEnd(text[at..]));
                return words;
            }

            int start = at;
            while (at < text.Length && !PythonSpace.IsSpace(text[at]))
            {
                at++;
            }

            words.Add(text[start..at]);
        }
    }

    private static string Reverse(string text)
    {
        List<string> points = TextIndex.Points(text);
        points.Reverse();
        return string.Concat(points);
    }

    private static void CheckSeparator(string separator)
    {
        if (separator.Length == 0)
        {
            throw new TemplateFault("ValueError", "empty separator");
        }
    }
}
