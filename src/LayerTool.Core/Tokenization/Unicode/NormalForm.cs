namespace LayerTool.Tokenization.Unicode;

/// <summary>The four normal forms of Unicode.</summary>
internal enum NormalForm
{
    /// <summary>Canonical decomposition.</summary>
    Nfd,

    /// <summary>Canonical decomposition, then composition.</summary>
    Nfc,

    /// <summary>Compatibility decomposition.</summary>
    Nfkd,

    /// <summary>Compatibility decomposition, then canonical composition.</summary>
    Nfkc,
}
