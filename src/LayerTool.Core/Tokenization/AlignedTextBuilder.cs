using System.Text;

namespace LayerTool.Tokenization;

/// <summary>Writes a text piece by piece out of another one, keeping origins where that one has them.</summary>
/// <param name="source">The text that the pieces come from.</param>
internal sealed class AlignedTextBuilder(AlignedText source)
{
    private readonly StringBuilder _text = new(source.Value.Length + 1);
    private readonly List<int>? _origins = source.IsTracked ? new(source.Value.Length + 1) : null;

    /// <summary>UTF-16 units written so far.</summary>
    public int Length => _text.Length;

    /// <summary>Takes a part of the source as it is.</summary>
    public void Keep(TextSpan span)
    {
        _text.Append(source.Value, span.Start, span.Length);
        for (int i = span.Start; _origins is not null && i < span.End; i++)
        {
            _origins.Add(source.Origin(i));
        }
    }

    /// <summary>Writes something that stands for the unit of the source at that place.</summary>
    public void Put(char unit, int place)
    {
        _text.Append(unit);
        _origins?.Add(source.Origin(place));
    }

    /// <summary>Writes something that stands for the unit of the source at that place.</summary>
    public void Put(ReadOnlySpan<char> text, int place)
    {
        _text.Append(text);
        for (int i = 0; _origins is not null && i < text.Length; i++)
        {
            _origins.Add(source.Origin(place));
        }
    }

    public AlignedText Build() => new(_text.ToString(), _origins?.ToArray());
}
