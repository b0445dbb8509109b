namespace LayerTool.Architectures;

/// <summary>Gated short convolution in the place of attention (LFM 2). Names are module paths in a layer.</summary>
public sealed record ShortConvolutionSpec
{
    /// <summary>In front of all its tensors.</summary>
    public string Prefix { get; init; } = "conv.";
}
