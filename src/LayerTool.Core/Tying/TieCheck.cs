using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Saving;

namespace LayerTool.Tying;

/// <summary>What stands against tying layers, and what their tensors are where nothing does.</summary>
internal static class TieCheck
{
    /// <summary>Refuses layers that would compute something else with one another's weights.</summary>
    /// <param name="sources">The checkpoints.</param>
    /// <param name="slots">The layers by depth.</param>
    /// <param name="map">Which of them share.</param>
    /// <exception cref="LayerToolException">The first that cannot be tied, and why.</exception>
    public static void Kinds(CheckpointSet sources, ImmutableArray<LayerSlot> slots, TieMap map)
    {
        if (sources.FirstOrDefault(source => source.Value.IsQuantized).Value is Checkpoint quantized)
        {
            throw new LayerToolException($"{quantized.Folder}: the weights are quantised, and their means and differences are not", "take the checkpoint that was quantised");
        }

        if (slots.FirstOrDefault(slot => slot.Adapter is not null) is LayerSlot adapted)
        {
            throw new LayerToolException($"`{PlanNotation.Print([adapted])}` carries an adapter, and layers are tied without", "write it into the weights first: `layertool edit MODEL --merge-adapters -o FOLDER`");
        }

        ModelConfig config = sources.Main.Config;
        LayerConfig[] kinds = [.. slots.Select(slot => sources[slot.Source].Config.Layers[slot.Layer])];
        for (int depth = 0; depth < kinds.Length; depth++)
        {
            if (Unlike(kinds[depth], config) is string reason)
            {
                throw new LayerToolException(
                    $"{sources.Main.Folder}: layer {depth} of {config.Architecture.DisplayName} {reason}",
                    "tie a model whose layers are plain attention and a dense MLP");
            }
        }

        for (int depth = 0; depth < kinds.Length; depth++)
        {
            int other = map.DepthsOf(map.SharedAt(depth))[0];
            if (Difference(kinds[other], kinds[depth]) is string difference)
            {
                throw new LayerToolException(
                    $"{sources.Main.Folder}: layers {other} and {depth} would share weights and differ in {difference}",
                    "choose loops, or `--share`, such that only layers of one kind meet");
            }
        }
    }

    /// <summary>The tensors of each layer, and what is done with them.</summary>
    /// <param name="main">The checkpoint that names and config are of.</param>
    /// <param name="unrolled">All tensors that would be written.</param>
    /// <param name="depths">Number of layers.</param>
    /// <param name="settings">What is asked for.</param>
    /// <exception cref="LayerToolException">A layer has other tensors than the first, or norms cannot be folded.</exception>
    public static ImmutableArray<TiedTensor> Tensors(Checkpoint main, SavePlan unrolled, int depths, TieSettings settings)
    {
        Dictionary<string, OutputTensor>[] layers = [.. Enumerable.Range(0, depths).Select(_ => new Dictionary<string, OutputTensor>(StringComparer.Ordinal))];
        foreach (OutputTensor tensor in unrolled.Tensors)
        {
            if (LayerIndex.TryRead(tensor.Name, main.Layers.Prefix!, out int depth, out string suffix) && depth < depths)
            {
                layers[depth].Add(suffix, tensor);
            }
        }

        for (int depth = 1; depth < depths; depth++)
        {
            RequireAlike(main, layers[0], layers[depth], depth);
        }

        ArchitectureSpec family = main.Config.Architecture;
        NormFolding folding = new(family);
        if (settings.Norms == TieNorms.Fold)
        {
            folding.Require(layers[0].Keys.ToHashSet(StringComparer.Ordinal));
        }

        // In the order in which they run, as tables show them.
        int start = family.Names.InLayer(0, "").Length;
        List<string> known = [.. ExpectedTensors.InLayer(main.Config, 0).Select(tensor => tensor.Name[start..])];
        HashSet<string> projections = [.. ExpectedTensors.InLayer(main.Config, 0).Where(tensor => tensor.IsProjection).Select(tensor => tensor.Name[start..])];
        return
        [
            .. layers[0]
                .OrderBy(tensor => known.IndexOf(tensor.Key) is >= 0 and int place ? place : int.MaxValue)
                .ThenBy(tensor => tensor.Key, StringComparer.Ordinal)
                .Select(tensor => projections.Contains(tensor.Key) ? Matrix(tensor.Key, tensor.Value, family, settings) : Other(tensor.Key, tensor.Value, folding, settings)),
        ];
    }

    private static TiedTensor Matrix(string suffix, OutputTensor tensor, ArchitectureSpec family, TieSettings settings)
    {
        RequireFloat(tensor);
        ImmutableArray<long> shape = tensor.Source.Shape;
        return new TiedTensor(suffix, TiedKind.Matrix, shape, IsShared: true) { IsTransposed = family.TransposedWeights, Rank = (int)Math.Min(settings.Rank, shape.Min()) };
    }

    private static TiedTensor Other(string suffix, OutputTensor tensor, NormFolding folding, TieSettings settings)
    {
        if (LayerBuffers.Contains(suffix, tensor.Source))
        {
            return new TiedTensor(suffix, TiedKind.Buffer, tensor.Source.Shape, IsShared: true);
        }

        RequireFloat(tensor);
        bool isShared = settings.Norms == TieNorms.Tie || (settings.Norms == TieNorms.Fold && folding.IsFolded(suffix));
        return new TiedTensor(suffix, TiedKind.Vector, tensor.Source.Shape, isShared);
    }

    private static void RequireFloat(OutputTensor tensor)
    {
        if (!TensorScaling.Supports(tensor.Dtype))
        {
            throw new LayerToolException($"tensor {Quoted.Text(tensor.Name)} is {tensor.Dtype}: means need F32, F16 or BF16", "tie a checkpoint in one of these types");
        }
    }

    private static void RequireAlike(Checkpoint main, Dictionary<string, OutputTensor> first, Dictionary<string, OutputTensor> layer, int depth)
    {
        string? Odd(Dictionary<string, OutputTensor> one, Dictionary<string, OutputTensor> other) =>
            one.Keys.Where(suffix => !other.TryGetValue(suffix, out OutputTensor? match) || !match.Source.Shape.SequenceEqual(one[suffix].Source.Shape)).Order(StringComparer.Ordinal).FirstOrDefault();

        string Shown(Dictionary<string, OutputTensor> of, string suffix) => of.TryGetValue(suffix, out OutputTensor? tensor) ? Quoted.Shape(tensor.Source.Shape) : "absent";

        if ((Odd(first, layer) ?? Odd(layer, first)) is string odd)
        {
            throw new LayerToolException(
                $"{main.Folder}: {Quoted.Text(odd)} is {Shown(layer, odd)} in layer {depth}, expected {Shown(first, odd)} as in layer 0",
                "layers are tied where all have the same tensors");
        }
    }

    private static string? Unlike(LayerConfig layer, ModelConfig config) =>
        layer.HasExperts ? "is a mixture of experts, and experts of two layers have nothing to do with one another"
        : layer.Mixer == TokenMixer.GatedDelta ? "mixes tokens by the gated delta rule, of which no mean is known"
        : layer.Mixer == TokenMixer.ShortConvolution ? "mixes tokens by a short convolution, of which no mean is known"
        : layer.Kv != KvRole.Own ? "shares keys and values with other layers"
        : config.LayerInputSize > 0 ? "has inputs of its own beside the stream"
        : null;

    private static string? Difference(LayerConfig one, LayerConfig other) =>
        one.SlidingWindow != other.SlidingWindow ? $"attention: {Window(one)} and {Window(other)}"
        : one.Rotation != other.Rotation ? $"RoPE: {one.Rotation.ToString().ToLowerInvariant()} and {other.Rotation.ToString().ToLowerInvariant()}"
        : one.ScoreDivisor != other.ScoreDivisor ? $"the divisor of scores: {one.ScoreDivisor} and {other.ScoreDivisor}"
        : one.KvHeads != other.KvHeads ? $"key and value heads: {one.KvHeads} and {other.KvHeads}"
        : one.HeadDim != other.HeadDim ? $"head width: {one.HeadDim} and {other.HeadDim}"
        : one.IntermediateSize != other.IntermediateSize ? $"MLP width: {one.IntermediateSize} and {other.IntermediateSize}"
        : null;

    private static string Window(LayerConfig layer) => layer.SlidingWindow is int window ? $"a window of {window} tokens" : "all tokens";
}
