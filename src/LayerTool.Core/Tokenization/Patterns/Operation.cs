namespace LayerTool.Tokenization.Patterns;

/// <summary>What an <see cref="Instruction"/> does.</summary>
internal enum Operation
{
    /// <summary>Takes one character of the set.</summary>
    One,

    /// <summary>Takes from Minimum to Maximum characters of the set, as many as possible, fewer if the rest fails.</summary>
    Loop,

    /// <summary>As Loop, but never fewer.</summary>
    PossessiveLoop,

    /// <summary>Goes on at Target, and at Fallback if that fails.</summary>
    Try,

    /// <summary>Goes on at Target.</summary>
    Jump,

    /// <summary>Goes on if the look matches here.</summary>
    Ahead,

    /// <summary>Goes on if the look does not match here.</summary>
    NotAhead,

    /// <summary>The pattern has matched.</summary>
    Match,
}
