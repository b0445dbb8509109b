using LayerTool.Faults;

namespace LayerTool.Tokenization.Patterns;

/// <summary>What a <c>pattern</c> field searches for: a text as it stands, or a regular expression.</summary>
internal sealed class TextSearch
{
    private readonly Pattern? _pattern;
    private readonly string _text;

    private TextSearch(string text, Pattern? pattern)
    {
        _text = text;
        _pattern = pattern;
    }

    /// <summary>The search for a text as it stands.</summary>
    public static TextSearch Of(string text) => new(text, null);

    /// <summary>Reads <c>pattern</c>: <c>{"String": ...}</c> or <c>{"Regex": ...}</c>.</summary>
    /// <exception cref="LayerToolException">It is neither, empty, or not handled.</exception>
    public static TextSearch Read(TokenizerJson json)
    {
        TokenizerJson pattern = json.Object("pattern");
        pattern.ExpectOnly("String", "Regex");
        if (pattern.OptionalText("Regex") is { } source)
        {
            return new TextSearch("", Pattern.Parse(source, pattern.Where("Regex")));
        }

        string text = pattern.Text("String");
        return text.Length > 0 ? new TextSearch(text, null) : throw pattern.NotHandled("String");
    }

    /// <summary>The character that is searched, where it is a single one.</summary>
    public char? Character => _pattern is null && _text is [char single] ? single : null;

    /// <summary>Every match, from left to right.</summary>
    public List<TextSpan> Matches(ReadOnlySpan<char> text)
    {
        if (_pattern is not null)
        {
            return _pattern.Matches(text);
        }

        List<TextSpan> found = [];
        int position = 0;
        while (text[position..].IndexOf(_text, StringComparison.Ordinal) is int offset and >= 0)
        {
            found.Add(new TextSpan(position + offset, position + offset + _text.Length));
            position = found[^1].End;
        }

        return found;
    }
}
