namespace LayerTool.Scoring;

/// <summary>What is dropped.</summary>
public enum DropKind
{
    /// <summary>Attention halves.</summary>
    Attention,

    /// <summary>MLP halves.</summary>
    Mlp,

    /// <summary>Whole layers.</summary>
    Block,

    /// <summary>Halves of either kind, in one ranking.</summary>
    Joint,
}
