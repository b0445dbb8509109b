namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>Where Metaspace puts a mark in front.</summary>
internal enum PrependScheme
{
    /// <summary>In front of every stretch between added tokens.</summary>
    Always,

    /// <summary>Only at the beginning of the text.</summary>
    First,

    /// <summary>Nowhere.</summary>
    Never,
}
