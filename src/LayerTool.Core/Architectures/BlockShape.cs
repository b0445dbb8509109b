namespace LayerTool.Architectures;

/// <summary>How a layer's halves (a: token mixer, m: MLP) and norms (n) stand on the residual stream x.</summary>
public enum BlockShape
{
    /// <summary>x + a(n x), then x + m(n x).</summary>
    NormBefore,

    /// <summary>x + n(a x), then x + n(m x).</summary>
    NormAfter,

    /// <summary>x + n(a(n x)), then x + n(m(n x)).</summary>
    NormAround,

    /// <summary>n(x + a x), then n(x + m x): the first transformers' form.</summary>
    NormOnStream,

    /// <summary>x + a(n x) + m(n x), one norm for both.</summary>
    ParallelOneNorm,

    /// <summary>x + a(n x) + m(n' x).</summary>
    ParallelTwoNorms,
}

/// <summary>What a <see cref="BlockShape"/> is made of.</summary>
public static class BlockShapes
{
    /// <summary>Whether each half reads a normed state.</summary>
    public static bool HasNormBefore(this BlockShape shape) => shape is not (BlockShape.NormAfter or BlockShape.NormOnStream);

    /// <summary>Whether each half's output is normed before it is added.</summary>
    public static bool HasNormAfter(this BlockShape shape) => shape is BlockShape.NormAfter or BlockShape.NormAround;

    /// <summary>Whether both halves read the same state.</summary>
    public static bool IsParallel(this BlockShape shape) => shape is BlockShape.ParallelOneNorm or BlockShape.ParallelTwoNorms;
}
