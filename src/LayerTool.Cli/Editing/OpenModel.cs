using System.Collections.Immutable;
using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;

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

    /// <summary>The adapters that plans may name. It grows with the model, and is one with that of every copy of it.</summary>
    public AdapterSet Adapters { get; } = [];

    /// <summary>Folder of each adapter, as it was given; a relative path counts from the current folder.</summary>
    public ImmutableDictionary<string, string> AdapterOrigins { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Names of the adapters of the command line, which every plan of the model gets.</summary>
    public ImmutableArray<string> GivenAdapters { get; init; } = [];

    /// <summary>Number of layers of the main checkpoint.</summary>
    public int LayerCount => Sources.Main.Layers.Count;

    /// <summary>Checks a plan against the sources.</summary>
    /// <exception cref="Faults.LayerToolException">The plan names a source or a layer that is not there, or breaks a rule of plans.</exception>
    public void Check(LayerPlan plan)
    {
        PlanCheck.Check(plan, Sources.Offers(), Adapters);
        Adapters.Check(plan, Sources);
    }

    /// <summary>A plan with the adapters of the command line in it.</summary>
    /// <exception cref="Faults.LayerToolException">One does not fit, or has no place in the plan.</exception>
    public LayerPlan Adapted(LayerPlan plan) => GivenAdapters.Aggregate(plan, (placed, name) => Adapters.Place(placed, name, Sources.Main));

    /// <summary>Whether one decoder runs the plans of both: it has the other's checkpoints, and its adapters mean the same.</summary>
    public bool Runs(OpenModel other) =>
        other.Sources.All(source => Sources.Find(source.Key)?.Folder == source.Value.Folder) && Adapters.GoesWith(other.Adapters);

    /// <summary>Opens the decoder of the model; weights are loaded when they are needed.</summary>
    /// <param name="settings">Device, type, threads, seed.</param>
    /// <param name="mode">How adapters run.</param>
    /// <param name="other">A model that <see cref="Runs"/> on it, too; or null.</param>
    public Decoder OpenDecoder(ComputeSettings settings, AdapterMode mode = AdapterMode.Applied, OpenModel? other = null)
    {
        Adapters.AddAll(other?.Adapters ?? []);
        return Decoder.Open(Sources, settings, adapters: Adapters, adapterMode: mode);
    }

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
