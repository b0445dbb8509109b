using System.Text;

namespace LayerTool.Tokenization;

/// <summary>
/// Text on its way to tokens that, where offsets are wanted, knows for each of its UTF-16 units which code point of the text as given
/// it came from.
/// </summary>
internal sealed class AlignedText
{
    private readonly int[]? _origins;

    /// <summary>Makes a text.</summary>
    /// <param name="value">The text.</param>
    /// <param name="origins">The code point that each UTF-16 unit came from; null where nobody asks.</param>
    public AlignedText(string value, int[]? origins)
    {
        Value = value;
        _origins = origins;
    }

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>Whether origins are kept.</summary>
    public bool IsTracked => _origins is not null;

    /// <summary>The text as given, each code point being its own origin.</summary>
    public static AlignedText Given(string text, bool tracked)
    {
        if (!tracked)
        {
            return new AlignedText(text, null);
        }

        int[] origins = new int[text.Length];
        int unit = 0;
        int point = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            origins.AsSpan(unit, rune.Utf16SequenceLength).Fill(point++);
            unit += rune.Utf16SequenceLength;
        }

        return new AlignedText(text, origins);
    }

    /// <summary>A part of the text.</summary>
    public AlignedText this[TextSpan span] => span.Length == Value.Length
        ? this
        : new AlignedText(Value[span.Start..span.End], _origins?[span.Start..span.End]);

    /// <summary>The code point that a unit came from; 0 where origins are not kept.</summary>
    public int Origin(int unit) => _origins?[unit] ?? 0;

    /// <summary>The code points that a part came from.</summary>
    public TextSpan Origins(TextSpan span) => _origins is null ? default : new TextSpan(_origins[span.Start], _origins[span.End - 1] + 1);

    /// <summary>The text with one unit in the place of another, unit by unit.</summary>
    public AlignedText WithReplaced(char old, char replacement) => new(Value.Replace(old, replacement), _origins);

    /// <summary>The same code points replaced one by one, as a list of what stands where and how many were taken away or put in.</summary>
    /// <param name="points">The new code points.</param>
    public AlignedText Rewritten(IReadOnlyList<RewrittenPoint> points)
    {
        StringBuilder text = new(points.Count);
        List<int>? origins = _origins is null ? null : new(points.Count);
        int unit = 0;
        foreach (RewrittenPoint point in points)
        {
            // One that was put in shares the origin of what stands before it in the old text.
            int from = point.Change > 0 ? Math.Max(unit - 1, 0) : unit;
            text.Append(point.Rune);
            for (int i = 0; origins is not null && i < point.Rune.Utf16SequenceLength; i++)
            {
                origins.Add(_origins![from]);
            }

            for (int taken = 0; taken <= -point.Change && unit < Value.Length; taken++)
            {
                unit += char.IsHighSurrogate(Value[unit]) ? 2 : 1;
            }
        }

        return new AlignedText(text.ToString(), origins?.ToArray());
    }
}
