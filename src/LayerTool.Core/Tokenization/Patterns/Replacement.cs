using System.Text;
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

    /// <summary>Reads <c>pattern</c> and <c>content</c>.</summary>
    public static Replacement Read(TokenizerJson json) =>
        new(TextSearch.Read(json), json.Text("content"), json.Where("content"));

    /// <summary>The text with every match replaced.</summary>
    /// <exception cref="LayerToolException">The result would be beyond all measure.</exception>
    public string Apply(string text)
    {
        List<TextSpan> matches = _search.Matches(text);
        if (matches.Count == 0)
        {
            return text;
        }

        if (text.Length + ((long)matches.Count * _content.Length) > LongestResult)
        {
            throw new LayerToolException($"{_where} makes a text of more than {LongestResult} characters");
        }

        StringBuilder result = new(text.Length);
        int position = 0;
        foreach (TextSpan match in matches)
        {
            result.Append(text, position, match.Start - position).Append(_content);
            position = match.End;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }
}
