namespace LayerTool.Tokenization.AddedTokens;

/// <summary>A part of a text: an added token, or what lies between two of them where <paramref name="Token"/> is null.</summary>
internal readonly record struct Stretch(TextSpan Span, AddedToken? Token);
