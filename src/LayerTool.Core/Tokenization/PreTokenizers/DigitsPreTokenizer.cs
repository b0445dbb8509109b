using System.Text;
using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>Cuts numbers from the rest, in runs or one by one.</summary>
internal sealed class DigitsPreTokenizer(bool individual) : IPreTokenizer
{
    public static DigitsPreTokenizer Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "individual_digits");
        return new DigitsPreTokenizer(json.Flag("individual_digits"));
    }

    public Pieces Split(Pieces pieces)
    {
        List<TextSpan> spans = new(pieces.Spans.Count);
        foreach (TextSpan span in pieces.Spans)
        {
            Cutter.Cut(span, Digits(pieces[span]), individual ? SplitBehavior.Isolated : SplitBehavior.Contiguous, invert: false, spans);
        }

        return pieces with { Spans = spans };
    }

    private static List<TextSpan> Digits(ReadOnlySpan<char> text)
    {
        List<TextSpan> found = [];
        int position = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (CharacterClasses.Numeric.Contains(rune.Value))
            {
                found.Add(new TextSpan(position, position + rune.Utf16SequenceLength));
            }

            position += rune.Utf16SequenceLength;
        }

        return found;
    }
}
