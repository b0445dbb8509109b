namespace LayerTool.Architectures;

/// <summary>Gated delta rule (Yang et al.) in the place of attention. Names are module paths in a layer.</summary>
public sealed record GatedDeltaSpec
{
    /// <summary>In front of all its tensors.</summary>
    public string Prefix { get; init; } = "linear_attn.";

    /// <summary>Whether q, k, v, z stand together for each key head, and b, a likewise; else each has a tensor of its own.</summary>
    public bool Packed { get; init; }
}
