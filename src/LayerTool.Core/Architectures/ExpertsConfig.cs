namespace LayerTool.Architectures;

/// <summary>Settled mixture of experts.</summary>
public sealed record ExpertsConfig
{
    /// <summary>Number of experts.</summary>
    public required int Count { get; init; }

    /// <summary>Number of experts that a token runs through.</summary>
    public required int PerToken { get; init; }

    /// <summary>Inner width of an expert.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Inner width of the shared MLP; 0 for none.</summary>
    public int SharedIntermediateSize { get; init; }

    /// <summary>Whether weights of the chosen are divided by their sum.</summary>
    public bool Normalized { get; init; }

    /// <summary>Factor on the weights.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Number of groups that experts are in.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Number of groups that are looked into.</summary>
    public int ChosenGroups { get; init; } = 1;

    /// <summary>Sparse mixer: how far below the largest score still counts, as a share of it.</summary>
    public double Jitter { get; init; }

    /// <summary>gpt-oss: bound of gate and up.</summary>
    public double Limit { get; init; } = 7;

    /// <summary>gpt-oss: factor inside the gate's σ.</summary>
    public double Alpha { get; init; } = 1.702;
}
