namespace LayerTool.Checkpoints;

/// <summary>How a tensor differs between two models.</summary>
public enum TensorChange
{
    /// <summary>Only the second has it.</summary>
    Added,

    /// <summary>Only the first has it.</summary>
    Removed,

    /// <summary>The shapes differ.</summary>
    Shape,

    /// <summary>The element types differ; the values may or may not.</summary>
    Dtype,

    /// <summary>Same type and shape, other bytes.</summary>
    Values,
}
