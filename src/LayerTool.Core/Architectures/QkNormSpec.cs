namespace LayerTool.Architectures;

/// <summary>What one weight of a norm of queries and keys spans.</summary>
public enum QkNormSpan
{
    /// <summary>A head; all heads share the weight [head dim].</summary>
    Head,

    /// <summary>A head; the weight has a row for each, [heads, head dim].</summary>
    RowPerHead,

    /// <summary>A head; each has a tensor of its own, <c>….norms.N.weight</c> [head dim].</summary>
    TensorPerHead,

    /// <summary>The whole projection, before heads are split: [heads · head dim].</summary>
    Projection,
}

/// <summary>How queries and keys are normed.</summary>
/// <param name="Norm">Kind of the norm.</param>
/// <param name="Span">What a weight spans.</param>
/// <param name="AfterRotation">Whether positions are turned in first.</param>
public sealed record QkNormSpec(NormSpec Norm, QkNormSpan Span = QkNormSpan.Head, bool AfterRotation = false)
{
    /// <summary>Whether layers that turn no positions norm nothing.</summary>
    public bool RotatedOnly { get; init; }
}
