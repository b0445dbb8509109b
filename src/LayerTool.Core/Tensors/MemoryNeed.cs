namespace LayerTool.Tensors;

/// <summary>Memory that a run takes, in bytes.</summary>
/// <param name="Weights">Weights that are not views of a mapped file.</param>
/// <param name="Cache">Keys and values.</param>
/// <param name="Batch">One batch's states and logits.</param>
internal sealed record MemoryNeed(long Weights, long Cache, long Batch)
{
    /// <summary>All of it.</summary>
    public long Total => Weights + Cache + Batch;
}
