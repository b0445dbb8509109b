namespace LayerTool.Cli.Output;

/// <summary>How a column of a table treats its cells.</summary>
internal enum ColumnKind
{
    /// <summary>Folded where the terminal is narrow.</summary>
    Text,

    /// <summary>At the right, never folded.</summary>
    Number,

    /// <summary>Such as names of tensors: never folded, but cut in the middle where the terminal is narrow.</summary>
    Name,
}
