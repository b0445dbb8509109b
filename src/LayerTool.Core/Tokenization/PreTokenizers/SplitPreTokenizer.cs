using LayerTool.Tokenization.Patterns;

namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>Cuts at the matches of a text or pattern.</summary>
internal sealed class SplitPreTokenizer(TextSearch search, SplitBehavior behavior, bool invert) : IPreTokenizer
{
    public static SplitPreTokenizer Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "pattern", "behavior", "invert");
        return new SplitPreTokenizer(TextSearch.Read(json), ReadBehavior(json), json.Flag("invert"));
    }

    internal static SplitBehavior ReadBehavior(TokenizerJson json) => json.Text("behavior") switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw json.NotHandled("behavior"),
    };

    public Pieces Split(Pieces pieces)
    {
        List<TextSpan> spans = new(pieces.Spans.Count);
        foreach (TextSpan span in pieces.Spans)
        {
            Cutter.Cut(span, search.Matches(pieces[span]), behavior, invert, spans);
        }

        return pieces with { Spans = spans };
    }
}
