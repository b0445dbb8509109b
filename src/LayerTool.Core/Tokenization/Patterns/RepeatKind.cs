namespace LayerTool.Tokenization.Patterns;

/// <summary>How a repetition chooses its count.</summary>
internal enum RepeatKind
{
    /// <summary>As many as possible, fewer where the rest needs it.</summary>
    Greedy,

    /// <summary>As few as possible, more where the rest needs it.</summary>
    Lazy,

    /// <summary>As many as possible, never fewer.</summary>
    Possessive,
}
