namespace LayerTool.Tying;

/// <summary>Which depths share a layer.</summary>
public enum TieShare
{
    /// <summary>Depth l plays shared layer l mod K: the block of shared layers runs from its first to its last, and then again.</summary>
    Cycle,

    /// <summary>Depth l plays shared layer l div B: each shared layer runs B times in a row.</summary>
    Sequence,
}

/// <summary>What a shared layer is at first.</summary>
public enum TieInit
{
    /// <summary>The mean of the layers that it stands for.</summary>
    Average,

    /// <summary>Layers of the model in even steps, the first and the last among them.</summary>
    Stepwise,

    /// <summary>The model's first layers.</summary>
    Lower,
}

/// <summary>What becomes of norms and biases, which no low-rank update reaches.</summary>
public enum TieNorms
{
    /// <summary>Each depth keeps its own.</summary>
    PerDepth,

    /// <summary>They are shared like the matrices, as in the paper.</summary>
    Tie,

    /// <summary>Gains are first multiplied into the matrices that follow, after which all norms are equal; biases stay each depth's own.</summary>
    Fold,
}

/// <summary>What the low-rank updates are at first.</summary>
public enum LoraInit
{
    /// <summary>The best of their rank for what sharing took away: a truncated singular value decomposition.</summary>
    Svd,

    /// <summary>They add nothing: A is random, B zero.</summary>
    Zero,
}

/// <summary>How a tied model is written.</summary>
public enum TieLayout
{
    /// <summary>A stock checkpoint of all depths, the updates multiplied out.</summary>
    Merged,

    /// <summary>A stock checkpoint of all depths with the shared weights repeated, and the updates as one PEFT adapter in its folder.</summary>
    Unrolled,

    /// <summary>The shared layers once, one PEFT adapter for each loop, and norms by depth: LayerTool runs it.</summary>
    Compact,
}

/// <summary>How a model's layers are tied: relaxed recursive transformers (Bae et al., ICLR 2025, arXiv 2410.20672).</summary>
/// <param name="Loops">B: how often the shared layers are played; divides the number of layers.</param>
public sealed record TieSettings(int Loops)
{
    /// <summary>A rank that no matrix reaches: each takes its own full one.</summary>
    public const int FullRank = int.MaxValue;

    /// <summary>Rank of the updates where nothing else is asked for.</summary>
    public const int DefaultRank = 64;

    /// <summary>Which depths share.</summary>
    public TieShare Share { get; init; }

    /// <summary>What the shared layers are.</summary>
    public TieInit Init { get; init; }

    /// <summary>What becomes of norms and biases.</summary>
    public TieNorms Norms { get; init; }

    /// <summary>Rank of each depth's updates, cut to what a matrix has; 0 for none.</summary>
    public int Rank { get; init; } = DefaultRank;

    /// <summary>What the updates are.</summary>
    public LoraInit LoraInit { get; init; }

    /// <summary>Seed of random factors.</summary>
    public long Seed { get; init; }
}
