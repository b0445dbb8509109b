using LayerTool.Architectures;
using LayerTool.Plans;

namespace LayerTool.Models;

/// <summary>How much memory a run of a plan takes, in bytes, beside what is loaded already.</summary>
internal static class RunMemory
{
    /// <summary>The tensors that a plan needs, each once, with the source that holds it. Sources that are not given are left out.</summary>
    public static IEnumerable<(SourceModel Source, ExpectedTensor Tensor)> Needed(LayerPlan plan, IReadOnlyDictionary<string, SourceModel> sources)
    {
        IEnumerable<(string Source, ExpectedTensor Tensor)> Of(string source, Func<ModelConfig, IEnumerable<ExpectedTensor>> tensors) =>
            sources.TryGetValue(source, out SourceModel? model) ? tensors(model.Config).Select(tensor => (source, tensor)) : [];

        IEnumerable<ExpectedTensor> Played(LayerSlot slot, ModelConfig config) => slot.Layer >= config.LayerCount
            ? []
            : ExpectedTensors.InLayer(config, slot.Layer).Where(tensor => slot.Plays(tensor.Role));

        return Of(plan.EmbeddingSource, ExpectedTensors.BeforeLayers)
            .Concat(plan.Slots.Distinct().SelectMany(slot => Of(slot.Source, config => Played(slot, config))))
            .Concat(Of(plan.HeadSource, ExpectedTensors.AfterLayers))
            .DistinctBy(needed => (needed.Source, needed.Tensor.Name))
            .Select(needed => (sources[needed.Source], needed.Tensor));
    }

    /// <summary>Weights that are not loaded yet and will be copies rather than views of the file.</summary>
    /// <param name="needed">Of <see cref="Needed"/>.</param>
    /// <param name="plan">What is played.</param>
    /// <param name="config">Config of the main source.</param>
    /// <param name="width">Bytes of an element of the compute type.</param>
    public static long Weights(IEnumerable<(SourceModel Source, ExpectedTensor Tensor)> needed, LayerPlan plan, ModelConfig config, int width) =>
        needed.Sum(pair => pair.Source.Weights.BytesToLoad(pair.Tensor.Name)) + (width * plan.Slots.Distinct().Sum(slot => Gained(slot, config)));

    /// <summary>Elements of tensors that are held once more, multiplied.</summary>
    private static long Gained(LayerSlot slot, ModelConfig config) => slot is { AttentionGain: 0 or 1, MlpGain: 0 or 1 } || slot.Layer >= config.LayerCount
        ? 0
        : ExpectedTensors.InLayer(config, slot.Layer)
            .Where(tensor => tensor.Gain != GainPlace.None && (tensor.Role == TensorRole.Attention ? slot.AttentionGain : slot.MlpGain) is not (0 or 1))
            .Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Keys and values of <paramref name="tokens"/> more tokens in all slots with attention, each as wide as the widest.</summary>
    public static long Cache(LayerPlan plan, ModelConfig config, long batch, long tokens, int width) =>
        plan.Slots.LongCount(slot => slot.HasAttention) * config.MostCacheElements * batch * tokens * width;

    /// <summary>States of one slot at once: the stream, what attention holds, and what the MLP holds at its widest.</summary>
    public static long States(ModelConfig config, long batch, long tokens, int width) =>
        batch * tokens * width * ((6L * config.HiddenSize) + (3L * config.AttentionHeads * config.HeadDim) + (3L * config.WidestMlp));
}
