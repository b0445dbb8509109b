namespace LayerTool.Architectures;

/// <summary>Which layers turn positions into queries and keys.</summary>
public enum RotationRule
{
    /// <summary>None: the family has no RoPE.</summary>
    None,

    /// <summary>All.</summary>
    All,

    /// <summary>All; sliding layers have a RoPE of their own.</summary>
    LocalForSliding,

    /// <summary>Sliding layers only, where there is a window at all; all where there is none.</summary>
    SlidingOnly,

    /// <summary>Those that <c>no_rope_layers</c> marks with 1; without it all but every n-th, n of <c>no_rope_layer_interval</c>.</summary>
    ByNoRopeLayers,
}

/// <summary>How a family knows positions.</summary>
public sealed record PositionSpec
{
    /// <summary>Which layers turn.</summary>
    public RotationRule Rotation { get; init; } = RotationRule.All;

    /// <summary>Whether pairs are (2i, 2i + 1) rather than (i, i + half).</summary>
    public bool Interleaved { get; init; }

    /// <summary>RoPE θ where absent.</summary>
    public double DefaultTheta { get; init; } = 10000;

    /// <summary>RoPE θ of sliding layers where absent; null: that of the others.</summary>
    public double? DefaultLocalTheta { get; init; }

    /// <summary>Key of θ beside <c>rope_parameters</c>.</summary>
    public string ThetaKey { get; init; } = "rope_theta";

    /// <summary>Key of the share of a head that turns, in and beside <c>rope_parameters</c>; null where the whole head does.</summary>
    public string? FractionKey { get; init; }

    /// <summary>The older dialect's key of that share.</summary>
    public string? OldFractionKey { get; init; }

    /// <summary>The share where absent.</summary>
    public double DefaultFraction { get; init; } = 1;

    /// <summary>Key of the number of dimensions that turn, where the family counts them.</summary>
    public string? WidthKey { get; init; }

    /// <summary>Whether config.json must say how positions are rotated, since the family's default is not plain RoPE.</summary>
    public bool Required { get; init; }

    /// <summary>Whether <c>dynamic</c> with <c>alpha</c> is a fixed change of θ (Hunyuan).</summary>
    public bool AlphaScaling { get; init; }

    /// <summary>Whether YaRN's <c>mscale_all_dim</c> scales the scores too (DeepSeek).</summary>
    public bool ScoresScaledByYarn { get; init; }

    /// <summary>
    /// Whether layers that turn no positions scale their queries by them, with <c>attn_scale</c> and <c>floor_scale</c>, unless
    /// <c>attn_temperature_tuning</c> is false (Llama 4).
    /// </summary>
    public bool ScalesUnrotatedQueries { get; init; }

    /// <summary>Whether positions are learned: rows of a table, added to the embedding.</summary>
    public bool Learned { get; init; }

    /// <summary>Rows in front of position 0's in that table.</summary>
    public int TableOffset { get; init; }
}
