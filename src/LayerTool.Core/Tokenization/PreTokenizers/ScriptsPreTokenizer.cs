using System.Text;
using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>Cuts where one script ends and another begins.</summary>
internal sealed class ScriptsPreTokenizer : IPreTokenizer
{
    public static ScriptsPreTokenizer Read(TokenizerJson json)
    {
        json.ExpectOnly("type");
        return new ScriptsPreTokenizer();
    }

    public Pieces Split(Pieces pieces)
    {
        List<TextSpan> spans = new(pieces.Spans.Count);
        foreach (TextSpan span in pieces.Spans)
        {
            Split(pieces, span, spans);
        }

        return pieces with { Spans = spans };
    }

    // Characters of no script in front of the first that has one are left out, as in the reference.
    private static void Split(Pieces pieces, TextSpan span, List<TextSpan> spans)
    {
        int? start = null;
        int? last = null;
        int place = span.Start;
        foreach (Rune rune in pieces[span].EnumerateRunes())
        {
            int script = Scripts.Of(rune.Value);
            if (script != Scripts.Any)
            {
                if (last != script)
                {
                    Add(start, place, spans);
                    start = place;
                }

                last = script;
            }

            place += rune.Utf16SequenceLength;
        }

        Add(start, span.End, spans);
    }

    private static void Add(int? start, int end, List<TextSpan> spans)
    {
        if (start < end)
        {
            spans.Add(new TextSpan(start.Value, end));
        }
    }
}
