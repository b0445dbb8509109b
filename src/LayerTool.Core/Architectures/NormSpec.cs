namespace LayerTool.Architectures;

/// <summary>What a norm computes.</summary>
public enum NormKind
{
    /// <summary>x / √(mean x² + ε).</summary>
    Rms,

    /// <summary>(x − mean) / √(variance + ε).</summary>
    Layer,
}

/// <summary>A kind of norm.</summary>
public sealed record NormSpec
{
    /// <summary>RMS with a weight.</summary>
    public static NormSpec Rms { get; } = new();

    /// <summary>RMS with the weight 1 + w, multiplied in float32.</summary>
    public static NormSpec RmsPlusOne { get; } = new() { WeightPlusOne = true, MultipliesInFloat32 = true };

    /// <summary>LayerNorm with weight and bias.</summary>
    public static NormSpec Layer { get; } = new() { Kind = NormKind.Layer, HasBias = true };

    /// <summary>LayerNorm with a weight alone.</summary>
    public static NormSpec LayerWithoutBias { get; } = new() { Kind = NormKind.Layer };

    /// <summary>What it computes.</summary>
    public NormKind Kind { get; init; }

    /// <summary>Whether it has a weight.</summary>
    public bool HasWeight { get; init; } = true;

    /// <summary>Whether it has a bias.</summary>
    public bool HasBias { get; init; }

    /// <summary>Whether the factor is 1 + w.</summary>
    public bool WeightPlusOne { get; init; }

    /// <summary>Whether the weight is multiplied before the result is cast back.</summary>
    public bool MultipliesInFloat32 { get; init; }
}
