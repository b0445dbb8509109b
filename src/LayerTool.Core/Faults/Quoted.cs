using System.Globalization;
using System.Text;

namespace LayerTool.Faults;

/// <summary>Text from outside, made fit for a message: in backticks, on one line, not too long.</summary>
internal static class Quoted
{
    private const int Longest = 120;

    /// <summary>The text in backticks; long text is cut in the middle, control characters are written as escapes.</summary>
    public static string Text(string text)
    {
        ReadOnlySpan<char> shown = text.Length <= Longest ? text : string.Concat(text.AsSpan(0, 70), "…", text.AsSpan(text.Length - 40));
        StringBuilder quoted = new("`");
        foreach (char letter in shown)
        {
            if (char.IsControl(letter))
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            }
            else
            {
                quoted.Append(letter);
            }
        }

        return quoted.Append('`').ToString();
    }

    /// <summary>A shape as [2, 3]; a shape of many dimensions is cut.</summary>
    public static string Shape(IReadOnlyList<long> shape) =>
        shape.Count <= 16 ? $"[{string.Join(", ", shape)}]" : $"[{string.Join(", ", shape.Take(16))}, …]";
}
