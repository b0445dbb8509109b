using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Plans;

namespace LayerTool.Cli.Editing;

/// <summary>What a MODEL on the command line stands for: checkpoints, and a plan over them.</summary>
/// <param name="Name">The model as it was named.</param>
/// <param name="Sources">The checkpoints, <c>main</c> first.</param>
/// <param name="Plan">The plan; that of a checkpoint plays its layers as they are.</param>
internal sealed record OpenModel(string Name, CheckpointSet Sources, LayerPlan Plan)
{
    /// <summary>The commands that led to the plan, first one first.</summary>
    public ImmutableArray<PlanHistoryEntry> History { get; init; } = [];

    /// <summary>Folder or repository id of each source, as it was given; a relative path counts from the current folder.</summary>
    public ImmutableDictionary<string, string> Origins { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Names of the sources whose config differs from the main one's, which was accepted.</summary>
    public ImmutableHashSet<string> Mismatched { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Number of layers of the main checkpoint.</summary>
    public int LayerCount => Sources.Main.Layers.Count;

    /// <summary>Checks a plan against the sources.</summary>
    /// <exception cref="Faults.LayerToolException">The plan names a source or a layer that is not there, or breaks a rule of plans.</exception>
    public void Check(LayerPlan plan) => PlanCheck.Check(plan, Sources.Offers());

    /// <summary>Refuses a model that can be edited, but not run.</summary>
    /// <exception cref="Faults.LayerToolException">A family is not known, weights are quantised, or a config is at fault.</exception>
    public void RequireRun()
    {
        foreach ((_, Checkpoint checkpoint) in Sources)
        {
            _ = checkpoint.Config; // settled here, and it says why it cannot be
        }
    }

    /// <summary>The tensors of what the plan plays, under the names that they would have in a checkpoint of their own.</summary>
    public PlayedModel Played() => PlayedModel.Of(Name, Plan, Sources);
}
