using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Saving;

namespace LayerTool.Tying;

/// <summary>
/// How a plan's layers are tied: which share, what becomes of each of their tensors, and how many numbers that leaves. Worked out
/// from headers; no weight is read.
/// </summary>
public sealed class TiePlan
{
    private TiePlan(CheckpointSet sources, LayerPlan plan, TieSettings settings, TieMap map, SavePlan unrolled, SavePlan compact, ImmutableArray<TiedTensor> tensors)
    {
        Sources = sources;
        Plan = plan;
        Settings = settings;
        Map = map;
        Unrolled = unrolled;
        Compact = compact;
        Tensors = tensors;
        Cost = TieCost.Of(this);
    }

    /// <summary>The checkpoints that the plan takes layers from.</summary>
    public CheckpointSet Sources { get; }

    /// <summary>The plan that is tied.</summary>
    public LayerPlan Plan { get; }

    /// <summary>What is asked for.</summary>
    public TieSettings Settings { get; }

    /// <summary>Which depths share which layer.</summary>
    public TieMap Map { get; }

    /// <summary>The tensors of each layer, by name.</summary>
    public ImmutableArray<TiedTensor> Tensors { get; }

    /// <summary>The matrices among them.</summary>
    public IEnumerable<TiedTensor> Matrices => Tensors.Where(tensor => tensor.Kind == TiedKind.Matrix);

    /// <summary>How many numbers the tied model holds, part by part.</summary>
    public TieCost Cost { get; }

    /// <summary>Matrices whose rank is cut to what they have.</summary>
    public IEnumerable<TiedTensor> Clipped => Matrices.Where(matrix => Settings.Rank != TieSettings.FullRank && matrix.Rank < Settings.Rank);

    /// <summary>How the model would be written with all its depths; the values of layers come from <see cref="TiedWeights"/>.</summary>
    internal SavePlan Unrolled { get; }

    /// <summary>How it would be written with the shared layers alone.</summary>
    internal SavePlan Compact { get; }

    /// <summary>What stands before a layer's number in names of tensors.</summary>
    internal string Prefix => Sources.Main.Layers.Prefix!;

    /// <summary>The same in the module paths of transformers, which files may shorten.</summary>
    internal string ModulePrefix => Sources.Main.IsWrapped ? Prefix : Sources.Main.Family!.Names.LayerPrefix;

    /// <summary>The matrices that have updates.</summary>
    internal IEnumerable<TiedTensor> Updated => Matrices.Where(matrix => matrix.Rank > 0);

    /// <summary>Whether any matrix has an update.</summary>
    internal bool HasAdapters => Updated.Any();

    /// <summary>The tensors that each depth keeps for itself.</summary>
    internal IEnumerable<TiedTensor> DepthTensors => Tensors.Where(tensor => !tensor.IsShared);

    /// <summary>The type that a tensor of the layers is stored in.</summary>
    internal TensorDtype DtypeOf(string suffix)
    {
        string name = Sources.Main.Layers.Name(0, suffix);
        return Unrolled.Tensors.First(tensor => tensor.Name == name).Dtype;
    }

    /// <summary>Works out how a plan is tied.</summary>
    /// <param name="sources">The checkpoints that the plan takes layers from.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="settings">What is asked for.</param>
    /// <param name="choices">How it is to be written; null for the plain way.</param>
    /// <param name="cancellation">Looked at where a head has to be held against an embedding.</param>
    /// <exception cref="LayerToolException">The layers cannot be tied; what stands against it is named.</exception>
    public static TiePlan Create(CheckpointSet sources, LayerPlan plan, TieSettings settings, SaveChoices? choices = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(settings);
        ImmutableArray<LayerSlot> slots = [.. plan.Slots];
        TieMap map = TieMap.Create(slots.Length, settings);
        TieCheck.Kinds(sources, slots, map);
        SavePlan unrolled = SavePlan.Create(sources, plan, choices, cancellation: cancellation);
        LayerPlan first = plan with { Steps = [.. Enumerable.Range(0, map.SharedCount).Select(shared => (PlanStep)slots[map.DepthsOf(shared)[0]])] };
        SavePlan compact = SavePlan.Create(sources, first, choices, cancellation: cancellation);
        ImmutableArray<TiedTensor> tensors = TieCheck.Tensors(sources.Main, unrolled, slots.Length, settings);
        return new TiePlan(sources, plan, settings, map, unrolled, compact, tensors);
    }
}
