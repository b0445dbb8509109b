using LayerTool.Evaluation.Likelihood;

namespace LayerTool.Evaluation;

/// <summary>How tasks are run on a model.</summary>
public sealed record TaskRunOptions
{
    /// <summary>How likelihoods are computed.</summary>
    public LikelihoodSettings Likelihood { get; init; } = new();

    /// <summary>Whether texts get a BOS.</summary>
    public BosRule Bos { get; init; }

    /// <summary>What precedes a whole text whose tokenizer puts a BOS in front by itself.</summary>
    public RollingBos RollingBos { get; init; }

    /// <summary>Tokens that the model reads at most; null for its context length.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Seed of draws, where a task has the model draw its tokens.</summary>
    public long Seed { get; init; }

    /// <summary>Bootstrap replicates of standard errors; 0 for no standard errors.</summary>
    public int BootstrapIterations { get; init; } = 100_000;
}
