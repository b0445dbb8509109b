namespace LayerTool.Cli.Options;

/// <summary>What a checkpoint's hash is made of.</summary>
internal enum HashKind
{
    /// <summary>Headers and file sizes.</summary>
    Quick,

    /// <summary>Every byte of the weights.</summary>
    Full,
}
