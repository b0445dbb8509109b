namespace LayerTool.Tokenization.AddedTokens;

/// <summary>A token that is cut out of the text before anything else happens to it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">Whether decoding may leave it out.</param>
internal sealed record AddedToken(int Id, string Content, bool Special)
{
    /// <summary>Whether it is searched in the normalized text, itself normalized, instead of in the text as given.</summary>
    public bool Normalized { get; init; }

    /// <summary>What it says when it is decoded: normalized, where it is searched so.</summary>
    public string Spelling { get; init; } = Content;

    /// <summary>Whether it counts only where no word character touches it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether it takes the white space before it.</summary>
    public bool StripsLeft { get; init; }

    /// <summary>Whether it takes the white space behind it.</summary>
    public bool StripsRight { get; init; }

    public static AddedToken Read(TokenizerJson json)
    {
        json.ExpectOnly("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        return new AddedToken(json.Id("id"), json.Text("content"), json.RequiredFlag("special"))
        {
            Normalized = json.RequiredFlag("normalized"),
            SingleWord = json.RequiredFlag("single_word"),
            StripsLeft = json.RequiredFlag("lstrip"),
            StripsRight = json.RequiredFlag("rstrip"),
        };
    }
}
