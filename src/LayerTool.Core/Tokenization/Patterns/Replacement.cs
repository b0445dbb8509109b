using LayerTool.Faults;

namespace LayerTool.Tokenization.Patterns;

/// <summary>A search and what to put in its place, as normalizers and decoders have it.</summary>
internal sealed class Replacement
{
    // Steps that each double the text could fill the memory from a small file.
    private const int LongestResult = 1 << 26;

    private readonly TextSearch _search;
    private readonly string _content;
    private readonly string _where;

    private Replacement(TextSearch search, string content, string where)
    {
        _search = search;
        _content = content;
        _where = where;
    }

    /// <summary>The replacement of a text by another one.</summary>
    public static Replacement Of(string text, string content, string where) => new(TextSearch.Of(text), content, where);

    /// <summary>Reads <c>pattern</c> and <c>content</c>.</summary>
    public static Replacement Read(TokenizerJson json) =>
        new(TextSearch.Read(json), json.Text("content"), json.Where("content"));

    /// <summary>The text with every match replaced. What is put in came from the last character of the match.</summary>
    /// <exception cref="LayerToolException">The result would be beyond all measure.</exception>
    public AlignedText Apply(AlignedText text)
    {
        if (_search.Character is { } old && _content is [char single])
        {
            return text.WithReplaced(old, single);
        }

        List<TextSpan> matches = _search.Matches(text.Value);
        if (matches.Count == 0)
        {
            return text;
        }

        if (text.Value.Length + ((long)matches.Count * _content.Length) > LongestResult)
        {
            throw new LayerToolException($"{_where} makes a text of more than {LongestResult} characters", "split the text into shorter documents");
        }

        AlignedTextBuilder result = new(text);
        int position = 0;
        foreach (TextSpan match in matches)
        {
            result.Keep(new TextSpan(position, match.Start));
            result.Put(_content, match.End - 1);
            position = match.End;
        }

        result.Keep(new TextSpan(position, text.Value.Length));
        return result.Build();
    }

    /// <summary>The text with every match replaced.</summary>
    /// <exception cref="LayerToolException">The result would be beyond all measure.</exception>
    public string Apply(string text) => Apply(new AlignedText(text, null)).Value;
}
