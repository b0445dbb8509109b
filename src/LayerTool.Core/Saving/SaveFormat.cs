namespace LayerTool.Saving;

/// <summary>How a plan is written as a checkpoint.</summary>
public enum SaveFormat
{
    /// <summary>Only whole layers skipped, repeated, reordered or restored: any loader opens it, and it is as much faster as it is shorter.</summary>
    Layers,

    /// <summary>A sublayer that is off keeps its tensors, with zeros in its output projection: any loader, same logits, no gain in speed.</summary>
    Zero,
}
