namespace LayerTool.Evaluation;

/// <summary>Whether a text gets the token that begins texts.</summary>
public enum BosRule
{
    /// <summary>By document: as the tokenizer does by itself. Packed: never.</summary>
    Tokenizer,

    /// <summary>By document: in front of each. Packed: once, in front of the whole.</summary>
    Always,

    /// <summary>Never, beside the one that the first window of a document is predicted from.</summary>
    Never,
}
