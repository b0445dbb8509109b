using System.Text;
using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>Cuts into runs of word characters and runs of others; white space goes.</summary>
internal sealed class WhitespacePreTokenizer : IPreTokenizer
{
    public static WhitespacePreTokenizer Read(TokenizerJson json)
    {
        json.ExpectOnly("type");
        return new WhitespacePreTokenizer();
    }

    public Pieces Split(Pieces pieces)
    {
        List<TextSpan> spans = new(pieces.Spans.Count);
        foreach (TextSpan span in pieces.Spans)
        {
            int place = span.Start;
            Kind before = Kind.Space;
            foreach (Rune rune in pieces[span].EnumerateRunes())
            {
                Kind kind = KindOf(rune.Value);
                TextSpan own = new(place, place + rune.Utf16SequenceLength);
                if (kind != Kind.Space)
                {
                    if (kind == before)
                    {
                        spans[^1] = spans[^1] with { End = own.End };
                    }
                    else
                    {
                        spans.Add(own);
                    }
                }

                before = kind;
                place = own.End;
            }
        }

        return pieces with { Spans = spans };
    }

    private static Kind KindOf(int point) =>
        CharacterClasses.PlainWord.Contains(point) ? Kind.Word : CharacterClasses.Space.Contains(point) ? Kind.Space : Kind.Other;

    private enum Kind
    {
        Space,
        Word,
        Other,
    }
}
