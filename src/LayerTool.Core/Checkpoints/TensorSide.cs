namespace LayerTool.Checkpoints;

/// <summary>Where in a model a tensor stands, seen from the layers.</summary>
public enum TensorSide
{
    /// <summary>Embedding and whatever else is not after the layers.</summary>
    Before,

    /// <summary>In a layer.</summary>
    Layer,

    /// <summary>Final norm and head.</summary>
    After,
}
