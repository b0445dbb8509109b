namespace LayerTool.Architectures;

/// <summary>The part of a model that a tensor belongs to. A plan takes or leaves these parts as wholes.</summary>
public enum TensorRole
{
    /// <summary>Embedding, and whatever else runs before the first layer.</summary>
    BeforeLayers,

    /// <summary>The attention half of a layer, with the norm in front of it.</summary>
    Attention,

    /// <summary>The MLP half of a layer, with the norm in front of it.</summary>
    Mlp,

    /// <summary>What a layer has beside or for both halves: it runs whichever of them does.</summary>
    Layer,

    /// <summary>Final norm, head, and whatever else runs after the last layer.</summary>
    AfterLayers,
}
