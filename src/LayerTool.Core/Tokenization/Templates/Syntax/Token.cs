namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>A token of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">What it says; a text in quotes without them and its escapes.</param>
/// <param name="Line">Its line, from 1.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Line)
{
    /// <summary>How messages name it.</summary>
    public string Shown => Kind switch
    {
        TokenKind.PrintEnd => "end of print statement",
        TokenKind.TagEnd => "end of statement block",
        TokenKind.End => "end of template",
        _ => Text,
    };

    public bool Is(TokenKind kind, string text) => Kind == kind && Text == text;
}
