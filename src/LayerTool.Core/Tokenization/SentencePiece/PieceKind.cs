namespace LayerTool.Tokenization.SentencePiece;

/// <summary>What a piece of a sentencepiece model is; the numbers are the file's.</summary>
internal enum PieceKind
{
    /// <summary>Found in text.</summary>
    Normal = 1,

    /// <summary>Stands for what no other piece can spell.</summary>
    Unknown = 2,

    /// <summary>Never in text, such as BOS.</summary>
    Control = 3,

    /// <summary>Always taken as a whole.</summary>
    UserDefined = 4,

    /// <summary>Not used.</summary>
    Unused = 5,

    /// <summary>Stands for a byte.</summary>
    Byte = 6,
}
