using System.Globalization;
using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>What a plan costs to hold and to run: arithmetic on shapes, no weight is read.</summary>
/// <param name="Parameters">Weights that the plan needs, each once however often it is played.</param>
/// <param name="WeightBytes">Their size in the files' types.</param>
/// <param name="KvCacheBytesPerToken">Keys and values of one token over all slots, in the type of the key projection.</param>
/// <param name="FlopsPerToken">
/// Multiplications and additions in the weights for one token; attention's products with the cache, which grow with the length
/// of the text, are not counted.
/// </param>
public sealed record PlanCost(long Parameters, long WeightBytes, long KvCacheBytesPerToken, long FlopsPerToken)
{
    /// <summary>The cost of a plan over its sources.</summary>
    /// <exception cref="LayerToolException">A source or a layer is missing, or its family is unknown.</exception>
    public static PlanCost Of(LayerPlan plan, CheckpointSet sources)
    {
        Tally tally = new(sources);
        tally.Hold(plan.EmbeddingSource, ExpectedTensors.BeforeLayers);
        tally.Hold(plan.HeadSource, ExpectedTensors.AfterLayers);
        ModelConfig head = sources[plan.HeadSource].Config;
        long flops = 2L * head.VocabSize * head.HiddenSize; // the head runs, tied or not; a row of the embedding is only read
        long cache = 0;
        foreach (LayerSlot slot in plan.Slots)
        {
            Checkpoint checkpoint = sources[slot.Source];
            ModelConfig config = checkpoint.Config;
            if (slot.Layer < 0 || slot.Layer >= config.LayerCount)
            {
                throw new LayerToolException(
                    string.Create(CultureInfo.InvariantCulture, $"the plan plays layer {slot.Layer} of `{slot.Source}`, which has the layers 0-{config.LayerCount - 1}"));
            }

            IReadOnlyList<ExpectedTensor> played = [.. ExpectedTensors.InLayer(config, slot.Layer).Where(tensor => Plays(slot, tensor.Role))];
            tally.Hold(slot.Source, played);
            flops += played.Where(tensor => tensor.Shape.Length == 2).Sum(tensor => 2 * Elements(tensor));
            if (slot.HasAttention)
            {
                string key = config.Architecture.Names.InLayer(slot.Layer, config.Architecture.Names.Key + ".weight");
                cache += 2L * config.KvHeads * config.HeadDim * BitsOf(checkpoint, key) / 8;
            }
        }

        return new PlanCost(tally.Parameters, tally.Bytes, cache, flops);
    }

    private static bool Plays(LayerSlot slot, TensorRole role) => role == TensorRole.Attention ? slot.HasAttention : slot.HasMlp;

    private static long Elements(ExpectedTensor tensor) => tensor.Shape.Aggregate(1L, (count, size) => count * size);

    private static int BitsOf(Checkpoint checkpoint, string tensor) =>
        checkpoint.Tensors.TryGetValue(tensor, out TensorEntry? entry) ? entry.Dtype.Bits : TensorDtype.F32.Bits;

    // Adds up tensors, each once.
    private sealed class Tally(CheckpointSet sources)
    {
        private readonly HashSet<(string Source, string Tensor)> _held = [];

        public long Parameters { get; private set; }

        public long Bytes { get; private set; }

        public void Hold(string source, Func<ModelConfig, IEnumerable<ExpectedTensor>> tensors) => Hold(source, tensors(sources[source].Config));

        public void Hold(string source, IEnumerable<ExpectedTensor> tensors)
        {
            foreach (ExpectedTensor tensor in tensors.Where(tensor => _held.Add((source, tensor.Name))))
            {
                Parameters += Elements(tensor);
                Bytes += Elements(tensor) * BitsOf(sources[source], tensor.Name) / 8;
            }
        }
    }
}
