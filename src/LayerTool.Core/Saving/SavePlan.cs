using System.Collections.Immutable;
using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>
/// What becomes of every tensor when a plan is written as a checkpoint: an ordered list of copies, zeros and products. Made from
/// headers, and from the head where a config ties it to the embedding and it is stored all the same; no model is built.
/// </summary>
/// <param name="Format">How the plan is written.</param>
/// <param name="Tensors">The tensors of the output: those before the layers, the layers in order, those after them.</param>
/// <param name="Config">The text of its config.json.</param>
/// <param name="RewrittenFiles">Files of the main source that do not travel as they are, with their new contents.</param>
/// <param name="Notes">What the user should know about it, one sentence each.</param>
public sealed record SavePlan(
    SaveFormat Format,
    ImmutableArray<OutputTensor> Tensors,
    ReadOnlyMemory<byte> Config,
    IReadOnlyDictionary<string, ReadOnlyMemory<byte>> RewrittenFiles,
    ImmutableArray<string> Notes)
{
    /// <summary>What goes along of adapters that are not merged; null where there are none.</summary>
    internal AdapterOutput? Adapter { get; init; }

    /// <summary>Weight files of adapters whose tensors are written into the checkpoint.</summary>
    internal ImmutableArray<SafetensorsHeader> AdapterFiles { get; init; } = [];

    /// <summary>Folder that the tokenizer's files are taken from; null for the main source's.</summary>
    public string? TokenizerFolder { get; init; }

    /// <summary>The format's name, as the command line says it.</summary>
    public string FormatName => Format.ToString().ToLowerInvariant();

    /// <summary>Bytes of all tensors.</summary>
    public long TotalBytes => Tensors.Sum(tensor => tensor.ByteCount);

    /// <summary>Elements of all tensors.</summary>
    public long TotalParameters => Tensors.Sum(tensor => tensor.Source.ElementCount);

    /// <summary>Works out how a plan is written.</summary>
    /// <param name="sources">The checkpoints that the plan takes layers from.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="choices">What is asked for; null for the first format that can hold the plan, and weights as they are.</param>
    /// <param name="progress">Told of the bytes of a head that is held against an embedding.</param>
    /// <param name="cancellation">Looked at where a head has to be held against an embedding, the only weights that are ever read for it.</param>
    /// <exception cref="LayerToolException">No format, or not that one, can hold the plan; the stage or layer and the reason are named.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static SavePlan Create(CheckpointSet sources, LayerPlan plan, SaveChoices? choices = null, IProgress<Step>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(plan);
        choices ??= new SaveChoices();
        SavePlan saved = new SavePlanner(sources, plan, Playable(plan), choices).Build(progress, cancellation).WithAdapters(sources, plan, choices);
        saved = TokenizerFiles.Find(sources, choices.TokenizerFrom) is Checkpoint other ? saved.WithTokenizer(other, choices.TokenizerFrom!) : saved;
        return TokenizerFiles.OtherIds(saved.TokenizerFolder ?? sources.Main.Folder, saved.Config.Span) is string note ? saved with { Notes = saved.Notes.Add(note) } : saved;
    }

    private SavePlan WithAdapters(CheckpointSet sources, LayerPlan plan, SaveChoices choices)
    {
        ImmutableArray<BoundAdapter> bound = [.. plan.AdaptedSources().Select(used => choices.Adapters.Bind(used.Adapter, sources[used.Source]))];
        if (bound.IsEmpty)
        {
            return this;
        }

        if (choices.MergeAdapters)
        {
            return this with { AdapterFiles = [.. bound.Select(adapter => adapter.Folder.Weights)] };
        }

        AdapterOutput adapter = AdapterOutput.Of(plan, sources, choices.Adapters);
        return adapter.Tensors.IsEmpty
            ? this with { Notes = [.. Notes, "nothing is left of the adapter in what is played, so that none goes along"] }
            : this with
            {
                Adapter = adapter,
                Notes = [.. Notes, $"the adapter goes along in the folder `{AdapterOutput.FolderName}`, its layers numbered as they are here: `--adapter` runs with it, `--merge-adapters` writes it into the weights"],
            };
    }

    private SavePlan WithTokenizer(Checkpoint other, string name)
    {
        DecoderConfig config = TokenizerFiles.WithTokens(DecoderConfig.Parse(Config.Span, Checkpoint.ConfigFileName), other);
        return this with
        {
            Config = config.Text.ToBytes(),
            TokenizerFolder = other.Folder,
            Notes = [.. Notes, .. TokenizerFiles.Notes(config, other, name)],
        };
    }

    /// <summary>The slots, where the plan is one that a checkpoint can hold: a row of layers.</summary>
    private static ImmutableArray<LayerSlot> Playable(LayerPlan plan)
    {
        if (plan.Steps.FirstOrDefault(step => step is ParallelGroup) is ParallelGroup group)
        {
            throw new LayerToolException(
                $"stage {plan.Steps.IndexOf(group) + 1}, `{PlanNotation.Print([group])}`, plays layers side by side, which no checkpoint format can hold",
                "keep the plan with `--plan-out`; LayerTool runs it as it is");
        }

        return plan.Steps.IsEmpty
            ? throw new LayerToolException("the plan is empty, and no loader opens a checkpoint without layers", "keep the plan with `--plan-out`; LayerTool runs it as it is")
            : [.. plan.Slots];
    }
}
