namespace LayerTool.Saving;

/// <summary>How a plan is written as a checkpoint.</summary>
public enum SaveFormat
{
    /// <summary>Only whole layers skipped, repeated, reordered or restored: any loader opens it, and it is as much faster as it is shorter.</summary>
    Layers,

    /// <summary>A sublayer that is off keeps its tensors, with zeros in its output projection: any loader, same logits, no gain in speed.</summary>
    Zero,

    /// <summary>
    /// The tensors of sublayers that are off are left out, and config.json lists them in LLM-Drop's keys: LayerTool runs it; stock
    /// loaders refuse its <c>model_type</c> instead of filling in random weights.
    /// </summary>
    Compact,

    /// <summary>DeciLM's <c>block_configs</c>, for Llama's layers: several engines run it with the gain in speed.</summary>
    Deci,
}
