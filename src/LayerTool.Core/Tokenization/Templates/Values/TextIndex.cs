using System.Text;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>Places in a text counted in code points, as Python counts.</summary>
internal static class TextIndex
{
    public static int Length(string text)
    {
        int pairs = 0;
        foreach (char unit in text)
        {
            pairs += char.IsLowSurrogate(unit) ? 1 : 0;
        }

        return text.Length - pairs;
    }

    /// <summary>The code points of a text, each as a text.</summary>
    public static List<string> Points(string text)
    {
        List<string> points = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            points.Add(rune.ToString());
        }

        return points;
    }

    /// <summary>The code point of a place in UTF-16.</summary>
    public static int PointAt(string text, int unit) => unit < 0 ? unit : Length(text[..unit]);

    /// <summary>Start, end and step of a slice over so many items, each index that it takes in turn.</summary>
    public static IEnumerable<int> Slice(int count, int? start, int? stop, int step)
    {
        if (step == 0)
        {
            throw new TemplateFault("ValueError", "slice step cannot be zero");
        }

        int low = step > 0 ? 0 : -1;
        int high = step > 0 ? count : count - 1;
        int first = start is { } from ? Clamp(from) : step > 0 ? low : high;
        int last = stop is { } to ? Clamp(to) : step > 0 ? high : low;
        for (long i = first; step > 0 ? i < last : i > last; i += step)
        {
            yield return (int)i;
        }

        int Clamp(int index) => Math.Clamp(index < 0 ? (int)Math.Max((long)index + count, int.MinValue) : index, low, high);
    }
}
