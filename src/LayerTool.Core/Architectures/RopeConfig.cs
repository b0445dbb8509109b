namespace LayerTool.Architectures;

/// <summary>How rotary position embedding scales its frequencies.</summary>
public enum RopeKind
{
    /// <summary>Plain: ω_i = θ^(−2i/d).</summary>
    Default,

    /// <summary>All frequencies divided by a factor.</summary>
    Linear,

    /// <summary>NTK-aware: the base grows with the length that is run (no memory of longer runs).</summary>
    Dynamic,

    /// <summary>Llama 3: long wavelengths divided, short ones kept, a blend between.</summary>
    Llama3,

    /// <summary>YaRN: a ramp between correction dimensions; cos and sin scaled.</summary>
    Yarn,

    /// <summary>LongRoPE: a factor for each frequency, one list for short texts and one for long ones.</summary>
    LongRope,

    /// <summary>Pairs over the whole head of which only the first share turns (Gemma 4).</summary>
    Proportional,
}

/// <summary>Settled rotary position embedding of a model. Only the fields of its <see cref="Kind"/> have a meaning.</summary>
public sealed record RopeConfig
{
    /// <summary>Scaling rule.</summary>
    public RopeKind Kind { get; init; }

    /// <summary>Number of dimensions that turn, the first of a head; even.</summary>
    public required int Width { get; init; }

    /// <summary>Whether pairs are (2i, 2i + 1) rather than (i, i + <see cref="Width"/> / 2).</summary>
    public bool Interleaved { get; init; }

    /// <summary>Proportional: number of pairs that turn.</summary>
    public int TurnedPairs { get; init; }

    /// <summary>LongRoPE: divisors of the frequencies.</summary>
    public RopeFactors? Factors { get; init; }

    /// <summary>Base θ.</summary>
    public double Theta { get; init; } = 10000;

    /// <summary>Scaling factor (linear, dynamic, llama3, yarn).</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Context length before scaling (llama3, yarn, longrope; the maximum length for dynamic).</summary>
    public int OriginalContextLength { get; init; }

    /// <summary>Llama 3: wavelengths above original / this are divided by the factor.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Llama 3: wavelengths below original / this are kept.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>YaRN: rotations at which interpolation ends.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: rotations at which extrapolation ends.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>YaRN: whether the ramp's bounds are rounded to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>Factor on cos and sin (YaRN's attention factor; 1 otherwise).</summary>
    public double AttentionFactor { get; init; } = 1;

    /// <summary>
    /// Whether the frequencies change with the length that is run. Keys of earlier tokens must then be turned anew at each step, so
    /// a cache holds them as they were before the rotation. (The states that they were made of stay those of the shorter text: a
    /// cached run is close to an uncached one, not equal.)
    /// </summary>
    public bool DependsOnLength => Kind is RopeKind.Dynamic or RopeKind.LongRope;
}
