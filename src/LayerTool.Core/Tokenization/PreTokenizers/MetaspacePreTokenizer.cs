using System.Text;

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
        StringBuilder text = new(pieces.Text.Length + 1);
        List<TextSpan> spans = new(pieces.Spans.Count);
        foreach (TextSpan span in pieces.Spans)
        {
            string piece = pieces[span].ToString().Replace(' ', replacement);
            bool opens = pieces.OpensText && span.Start == 0;
            bool prepends = prepend == PrependScheme.Always || (prepend == PrependScheme.First && opens);
            int start = text.Length;
            if (prepends && piece[0] != replacement)
            {
                text.Append(replacement);
            }

            text.Append(piece);
            AddSpans(text, start, spans);
        }

        return new Pieces(text.ToString(), spans, pieces.OpensText);
    }

    internal static PrependScheme ReadScheme(TokenizerJson json) => json.OptionalText("prepend_scheme") switch
    {
        null or "always" => PrependScheme.Always,
        "first" => PrependScheme.First,
        "never" => PrependScheme.Never,
        _ => throw json.NotHandled("prepend_scheme"),
    };

    private void AddSpans(StringBuilder text, int start, List<TextSpan> spans)
    {
        string written = text.ToString(start, text.Length - start);
        int cut = 0;
        for (int next = split ? written.IndexOf(replacement, 1) : -1; next >= 0; next = written.IndexOf(replacement, next + 1))
        {
            spans.Add(new TextSpan(start + cut, start + next));
            cut = next;
        }

        spans.Add(new TextSpan(start + cut, text.Length));
    }
}
