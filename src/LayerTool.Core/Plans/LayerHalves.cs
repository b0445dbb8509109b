namespace LayerTool.Plans;

/// <summary>The halves that a checkpoint stores of a layer.</summary>
[Flags]
public enum LayerHalves
{
    /// <summary>Neither: the layer plays nothing.</summary>
    None = 0,

    /// <summary>Attention.</summary>
    Attention = 1,

    /// <summary>The MLP.</summary>
    Mlp = 2,

    /// <summary>Attention and MLP.</summary>
    Both = Attention | Mlp,
}
