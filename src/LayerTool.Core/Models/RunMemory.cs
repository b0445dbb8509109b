using LayerTool.Architectures;
using LayerTool.Plans;

namespace LayerTool.Models;

/// <summary>How much memory a run of a plan takes, in bytes, beside what is loaded already.</summary>
internal static class RunMemory
{
    /// <summary>Weights that the plan needs, are not loaded yet, and will be copies rather than views of the file.</summary>
    public static long Weights(LayerPlan plan, IReadOnlyDictionary<string, SourceModel> sources)
    {
        HashSet<(string Source, string Tensor)> counted = [];
        long bytes = 0;

        void Count(string source, IEnumerable<ExpectedTensor> tensors)
        {
            if (sources.TryGetValue(source, out SourceModel? model))
            {
                bytes += tensors.Where(tensor => counted.Add((source, tensor.Name))).Sum(tensor => model.Weights.BytesToLoad(tensor.Name));
            }
        }

        ModelConfig? Config(string source) => sources.GetValueOrDefault(source)?.Config;

        if (Config(plan.EmbeddingSource) is ModelConfig first)
        {
            Count(plan.EmbeddingSource, ExpectedTensors.BeforeLayers(first));
        }

        if (Config(plan.HeadSource) is ModelConfig last)
        {
            Count(plan.HeadSource, ExpectedTensors.AfterLayers(last));
        }

        foreach (LayerSlot slot in plan.Slots.Distinct())
        {
            if (Config(slot.Source) is ModelConfig config && slot.Layer < config.LayerCount)
            {
                Count(slot.Source, ExpectedTensors.InLayer(config, slot.Layer).Where(tensor => tensor.Role == TensorRole.Attention ? slot.HasAttention : slot.HasMlp));
            }
        }

        return bytes;
    }

    /// <summary>Keys and values of <paramref name="tokens"/> more tokens in all slots with attention.</summary>
    public static long Cache(LayerPlan plan, ModelConfig config, long batch, long tokens, int width) =>
        2 * plan.Slots.LongCount(slot => slot.HasAttention) * batch * config.KvHeads * config.HeadDim * tokens * width;

    /// <summary>States of one slot at once: the stream, what attention holds, and what the MLP holds at its widest.</summary>
    public static long States(ModelConfig config, long batch, long tokens, int width) =>
        batch * tokens * width * ((6L * config.HiddenSize) + (3L * config.AttentionHeads * config.HeadDim) + (3L * config.IntermediateSize));
}
