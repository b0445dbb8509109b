namespace LayerTool.Tokenization.Templates.Running;

/// <summary>How statements ended.</summary>
internal enum Ending
{
    /// <summary>At their end.</summary>
    Normal,

    /// <summary>At a <c>break</c>.</summary>
    Break,

    /// <summary>At a <c>continue</c>.</summary>
    Continue,
}
