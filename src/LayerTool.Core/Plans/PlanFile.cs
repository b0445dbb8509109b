using System.Collections.Immutable;

namespace LayerTool.Plans;

/// <summary>
/// A plan with all that is needed to play it again, and how it came about: what a plan file holds, and what lies as
/// <c>layertool.json</c> beside the weights of a checkpoint that was written from a plan.
/// </summary>
/// <param name="Plan">The plan.</param>
public sealed record PlanFile(LayerPlan Plan)
{
    /// <summary>Program and version that wrote the file, such as <c>layertool 0.1.0</c>.</summary>
    public string Tool { get; init; } = "layertool";

    /// <summary>The checkpoints that layers come from, <see cref="LayerPlan.Main"/> first; empty where the reader is to name them.</summary>
    public ImmutableArray<PlanSource> Sources { get; init; } = [];

    /// <summary>The adapters, by name.</summary>
    public ImmutableSortedDictionary<string, PlanAdapter> Adapters { get; init; } =
        ImmutableSortedDictionary.Create<string, PlanAdapter>(StringComparer.Ordinal);

    /// <summary>The commands that led to the plan, first one first.</summary>
    public ImmutableArray<PlanHistoryEntry> History { get; init; } = [];

    /// <summary>The scores that layers were chosen by, or null.</summary>
    public PlanScores? Scores { get; init; }

    /// <summary>How the checkpoint beside the file is written (<c>layers</c>, <c>zero</c>), or null where there is none.</summary>
    public string? Format { get; init; }

    /// <summary>How the layers of the checkpoint beside the file were tied, and from which model; empty where they were not. Names and values as printed.</summary>
    public ImmutableSortedDictionary<string, string> Tie { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>What results depend on besides: seed, dtype, device, threads, hashes of the data. Names and values as printed.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
