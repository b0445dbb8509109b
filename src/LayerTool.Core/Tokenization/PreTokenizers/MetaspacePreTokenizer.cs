namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>Writes spaces as a visible mark, puts one in front where the scheme says so, and cuts in front of each mark if asked.</summary>
internal sealed class MetaspacePreTokenizer(char replacement, PrependScheme prepend, bool split) : IPreTokenizer
{
    public static MetaspacePreTokenizer Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "replacement", "prepend_scheme", "split");
        return new MetaspacePreTokenizer(json.Character("replacement"), ReadScheme(json), json.Flag("split", absent: true));
    }

    public Pieces Split(Pieces pieces)
    {
        AlignedText marked = pieces.Text.WithReplaced(' ', replacement);
        AlignedTextBuilder text = new(marked);
        List<TextSpan> spans = new(pieces.Spans.Count);
        foreach (TextSpan span in pieces.Spans)
        {
            bool opens = pieces.OpensText && span.Start == 0;
            bool prepends = prepend == PrependScheme.Always || (prepend == PrependScheme.First && opens);
            int start = text.Length;
            if (prepends && marked.Value[span.Start] != replacement)
            {
                text.Put(replacement, span.Start);
            }

            int shift = text.Length - span.Start;
            text.Keep(span);
            for (int next = Next(marked.Value, span.Start + 1, span.End); next >= 0; next = Next(marked.Value, next + 1, span.End))
            {
                spans.Add(new TextSpan(start, next + shift));
                start = next + shift;
            }

            spans.Add(new TextSpan(start, text.Length));
        }

        return new Pieces(text.Build(), spans, pieces.OpensText);
    }

    internal static PrependScheme ReadScheme(TokenizerJson json) => json.OptionalText("prepend_scheme") switch
    {
        null or "always" => PrependScheme.Always,
        "first" => PrependScheme.First,
        "never" => PrependScheme.Never,
        _ => throw json.NotHandled("prepend_scheme"),
    };

    private int Next(string marked, int from, int end) => split && from < end ? marked.IndexOf(replacement, from, end - from) : -1;
}
