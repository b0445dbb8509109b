namespace LayerTool.Tokenization;

/// <summary>Where the tokens of a text go, with the code points that they came from where those are wanted.</summary>
/// <param name="tracked">Whether offsets are kept.</param>
internal sealed class TokenSink(bool tracked)
{
    /// <summary>The ids so far.</summary>
    public List<int> Ids { get; } = [];

    /// <summary>As many spans of code points as ids; empty where none are kept.</summary>
    public List<TextSpan> Offsets { get; } = [];

    /// <summary>The text of each added token by its place among the ids, with the white space that it took; empty where no offsets are kept.</summary>
    public Dictionary<int, string> AddedTexts { get; } = [];

    /// <summary>Whether offsets are kept.</summary>
    public bool IsTracked => tracked;

    /// <summary>Adds a token.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="text">The text that it is a part of.</param>
    /// <param name="span">Its place there.</param>
    public void Add(int id, AlignedText text, TextSpan span)
    {
        Ids.Add(id);
        if (tracked)
        {
            Offsets.Add(text.Origins(span));
        }
    }

    /// <summary>Adds an added token.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="text">The text that it was found in.</param>
    /// <param name="span">Its place there, with the white space that it took.</param>
    public void AddFound(int id, AlignedText text, TextSpan span)
    {
        if (tracked)
        {
            AddedTexts.Add(Ids.Count, text.Value[span.Start..span.End]);
        }

        Add(id, text, span);
    }
}
