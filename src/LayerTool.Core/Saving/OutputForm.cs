using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Plans;

namespace LayerTool.Saving;

/// <summary>
/// In which form a plan is written: the format, what each slot declares, and the config that each source's layers are written
/// under. A source's own dialect is kept, except where a format is there to leave it: <c>zero</c> makes a stock model of it.
/// </summary>
internal sealed class OutputForm
{
    private readonly Func<SaveSource, DecoderConfig> _configOf;
    private readonly Dictionary<SaveSource, DecoderConfig> _configs = [];

    private OutputForm(SaveFormat format, ImmutableArray<WrittenSlot> slots, Func<SaveSource, DecoderConfig> configOf)
    {
        Format = format;
        Slots = slots;
        _configOf = configOf;
    }

    public SaveFormat Format { get; }

    public ImmutableArray<WrittenSlot> Slots { get; }

    /// <summary>Whether halves that are not declared have no tensors in the output, though their source stores them.</summary>
    public bool LeavesOut => Format is SaveFormat.Compact or SaveFormat.Deci;

    /// <summary>Whether the output's config can say that layers differ in width.</summary>
    public bool WidthsMayDiffer { get; private init; }

    /// <summary>The format asked for, where it is written as another since nothing is off; else null.</summary>
    public SaveFormat? Instead { get; private init; }

    /// <summary>Whether the main source says things of single layers that the output no longer says.</summary>
    public bool IsMadePlain { get; private init; }

    /// <summary>The config that a source's layers are written under.</summary>
    public DecoderConfig ConfigOf(SaveSource source)
    {
        if (!_configs.TryGetValue(source, out DecoderConfig? config))
        {
            config = _configOf(source);
            _configs.Add(source, config);
        }

        return config;
    }

    /// <summary>Chooses the form.</summary>
    /// <param name="asked">The format asked for; null for the first that can hold the plan.</param>
    /// <param name="slots">What is written.</param>
    /// <param name="sources">The sources by name.</param>
    /// <exception cref="LayerToolException">That format cannot hold the plan; the layer and the reason are named.</exception>
    public static OutputForm Of(SaveFormat? asked, ImmutableArray<LayerSlot> slots, IReadOnlyDictionary<string, SaveSource> sources)
    {
        SaveSource main = sources[LayerPlan.Main];
        ImmutableArray<WrittenSlot> own = [.. slots.Select(slot => Running(slot, sources[slot.Source]))];
        bool halved = own.Any(slot => slot.Played != slot.Running);
        bool whole = own.All(slot => slot.Played == LayerHalves.Both);
        bool mainSays = PlainConfig.Differs(main.Config);
        SaveFormat format = asked
            ?? (halved ? Halved(main)
                : main.Config.IsCompact && !whole ? SaveFormat.Compact
                : !mainSays && own.Any(slot => slot.Running != LayerHalves.Both) ? SaveFormat.Zero
                : SaveFormat.Layers);
        switch (format)
        {
            case SaveFormat.Layers:
                RequireWhole(own, sources, mainSays && !main.Config.IsCompact);
                return Whole(own, sources, main, instead: null);
            case SaveFormat.Zero:
                return sources.Values.Any(source => PlainConfig.Differs(source.Config)) && Plain(SaveFormat.Zero, own, sources) is OutputForm plain
                    ? plain
                    : Own(SaveFormat.Zero, own, main);
            case SaveFormat.Compact:
                return whole ? Whole(own, sources, main, asked) : Compact(own, main);
            default:
                return Deci(own, sources);
        }
    }

    private static SaveFormat Halved(SaveSource main) => main.Config.IsCompact ? SaveFormat.Compact
        : main.Config.ModelType == DeciModel.ModelType ? SaveFormat.Deci
        : SaveFormat.Zero;

    /// <summary>The slot in its source's dialect: it declares what its source declares.</summary>
    private static WrittenSlot Running(LayerSlot slot, SaveSource source)
    {
        _ = source.Layer(slot.Layer); // names the layers that there are, where this is none of them
        LayerHalves running = source.Config.Running[slot.Layer];
        return new WrittenSlot(slot, running, running);
    }

    private static OutputForm Own(SaveFormat format, ImmutableArray<WrittenSlot> slots, SaveSource main) =>
        new(format, slots, source => source.Config) { WidthsMayDiffer = main.Config.Node(LayerOverrides.Blocks) is not null };

    /// <summary>Whole layers. A checkpoint that was compact no longer needs a <c>model_type</c> of its own.</summary>
    private static OutputForm Whole(ImmutableArray<WrittenSlot> slots, IReadOnlyDictionary<string, SaveSource> sources, SaveSource main, SaveFormat? instead)
    {
        OutputForm form = main.Config.IsCompact ? Plain(SaveFormat.Layers, slots, sources) ?? Own(SaveFormat.Layers, slots, main) : Own(SaveFormat.Layers, slots, main);
        return new OutputForm(form.Format, form.Slots, form._configOf) { WidthsMayDiffer = form.WidthsMayDiffer, IsMadePlain = form.IsMadePlain, Instead = instead };
    }

    private static OutputForm Compact(ImmutableArray<WrittenSlot> slots, SaveSource main) =>
        new(SaveFormat.Compact, [.. slots.Select(slot => slot with { Declared = slot.Played })], source => source == main ? source.Config.AsCompact() : source.Config)
        {
            WidthsMayDiffer = main.Config.Node(LayerOverrides.Blocks) is not null,
        };

    /// <summary>A stock model: every layer has both halves, of one width. Null where the widths differ.</summary>
    private static OutputForm? Plain(SaveFormat format, ImmutableArray<WrittenSlot> slots, IReadOnlyDictionary<string, SaveSource> sources)
    {
        List<LayerConfig> layers = [];
        foreach (WrittenSlot slot in slots)
        {
            if (sources[slot.Slot.Source].Config.Settle() is not ModelConfig settled)
            {
                return null;
            }

            layers.Add(settled.Layers[slot.Slot.Layer]);
        }

        int[] kvHeads = [.. layers.Where(layer => layer.HasAttention).Select(layer => layer.KvHeads).Distinct()];
        int[] widths = [.. layers.Where(layer => layer.HasMlp).Select(layer => layer.IntermediateSize).Distinct()];
        if (kvHeads.Length > 1 || widths.Length > 1)
        {
            return null;
        }

        int? kv = kvHeads.Length == 1 ? kvHeads[0] : null;
        int? inner = widths.Length == 1 ? widths[0] : null;
        return new OutputForm(format, [.. slots.Select(slot => slot with { Declared = LayerHalves.Both })], source => PlainConfig.Of(source.Config, kv, inner))
        {
            IsMadePlain = PlainConfig.Differs(sources[LayerPlan.Main].Config),
        };
    }

    private static OutputForm Deci(ImmutableArray<WrittenSlot> slots, IReadOnlyDictionary<string, SaveSource> sources)
    {
        foreach (IGrouping<string, WrittenSlot> group in slots.GroupBy(slot => slot.Slot.Source))
        {
            SaveSource source = sources[group.Key];
            DeciShape.Require(source, group.Select(slot => (slot.Slot.Layer, Under(slot, source))));
        }

        DeciShape.Require(sources[LayerPlan.Main], []);

        // The widths go into block_configs; for all else the layers are those of a model of one width, whichever.
        ModelConfig main = sources[LayerPlan.Main].Checkpoint.Config;
        return new OutputForm(
            SaveFormat.Deci,
            [.. slots.Select(slot => slot with { Declared = slot.Played })],
            source => PlainConfig.Of(source.Config, Math.Max(1, main.MostKvHeads), Math.Max(1, main.WidestMlp)))
        {
            WidthsMayDiffer = true,
        };
    }

    /// <summary>The layer with the halves that the slot plays.</summary>
    private static LayerConfig Under(WrittenSlot slot, SaveSource source) => WrittenSlot.Having(source.Checkpoint.Config.Layers[slot.Slot.Layer], slot.Played);

    private static void RequireWhole(ImmutableArray<WrittenSlot> slots, IReadOnlyDictionary<string, SaveSource> sources, bool mainSays)
    {
        if (slots.FirstOrDefault(slot => slot.Played != (mainSays ? slot.Running : LayerHalves.Both)) is not WrittenSlot halved)
        {
            return;
        }

        string what = halved.Played != halved.Running
            ? "plays one half"
            : $"has not both halves in {sources[halved.Slot.Source].Checkpoint.Folder}";
        throw new LayerToolException(
            $"the format `layers` holds whole layers only, and slot {slots.IndexOf(halved)}, `{PlanNotation.Print([halved.Slot])}`, {what}",
            "write it with `--format zero`, which any loader opens too");
    }
}
