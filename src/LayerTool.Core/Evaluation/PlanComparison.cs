using System.Collections.Immutable;

namespace LayerTool.Evaluation;

/// <summary>How two plans differ on a text, per predicted token.</summary>
public sealed record PlanComparison
{
    /// <summary>Tokens that were predicted.</summary>
    public required long Tokens { get; init; }

    /// <summary>Mean loss of the left plan, in nats.</summary>
    public required double LeftLoss { get; init; }

    /// <summary>Mean loss of the right plan, in nats.</summary>
    public required double RightLoss { get; init; }

    /// <summary>Mean Kullback-Leibler divergence KL(left ‖ right) of the next token's distribution, in nats.</summary>
    public required double Divergence { get; init; }

    /// <summary>Share of tokens where both find the same one likeliest.</summary>
    public required double Agreement { get; init; }

    /// <summary>Mean cosine of the states behind the slots of each pair, in the order of the pairs.</summary>
    public required ImmutableArray<double> Cosines { get; init; }
}
