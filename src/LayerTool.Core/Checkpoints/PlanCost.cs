using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>What a plan costs to hold and to run: arithmetic on shapes, no weight is read.</summary>
/// <param name="Parameters">Elements of the tensors that the plan needs, each once however often it is played.</param>
/// <param name="WeightBytes">Their size in the files' types.</param>
/// <param name="KvCacheBytesPerToken">
/// Keys and values of one token over all slots, in the type of the embedding; null for a checkpoint that is not run.
/// </param>
/// <param name="FlopsPerToken">
/// Multiplications and additions in the weights for one token; attention's products with the cache, which grow with the length
/// of the text, are not counted. Null for a checkpoint that is not run.
/// </param>
public sealed record PlanCost(long Parameters, long WeightBytes, long? KvCacheBytesPerToken, long? FlopsPerToken)
{
    /// <summary>The cost of a plan over its sources.</summary>
    /// <exception cref="LayerToolException">A source or a layer is missing.</exception>
    public static PlanCost Of(LayerPlan plan, CheckpointSet sources)
    {
        Tally tally = new();
        tally.Hold(plan.EmbeddingSource, sources[plan.EmbeddingSource].Layers.BeforeLayers);
        tally.Hold(plan.HeadSource, sources[plan.HeadSource].Layers.AfterLayers);
        foreach (LayerSlot slot in plan.Slots)
        {
            tally.Hold(slot.Source, Played(sources[slot.Source], slot));
        }

        bool runs = plan.Slots.Select(slot => slot.Source).Append(plan.HeadSource).All(source => sources[source].CanRun);
        return new PlanCost(
            tally.Parameters,
            tally.Bytes,
            runs ? plan.Slots.Sum(slot => CacheBytes(sources[slot.Source], slot)) : null,
            runs ? plan.Slots.Sum(slot => Flops(sources[slot.Source].Config, slot)) + HeadFlops(sources[plan.HeadSource].Config) : null);
    }

    private static IEnumerable<TensorEntry> Played(Checkpoint checkpoint, LayerSlot slot)
    {
        LayerNaming layers = checkpoint.Layers;
        return layers.InLayer(slot.Layer).Where(tensor => layers.Plays(slot, layers.Place(tensor.Name).Suffix));
    }

    private static long CacheBytes(Checkpoint checkpoint, LayerSlot slot)
    {
        ModelConfig config = checkpoint.Config;
        string embedding = config.Architecture.Names.Embedding + ".weight";
        int bits = checkpoint.Tensors.TryGetValue(embedding, out TensorEntry? entry) ? entry.Dtype.Bits : TensorDtype.F32.Bits;
        return slot.HasAttention ? config.CacheElements(slot.Layer) * bits / 8 : 0;
    }

    // A matrix multiplies and adds once for each of its elements.
    private static long Flops(ModelConfig config, LayerSlot slot) => ExpectedTensors.InLayer(config, slot.Layer)
        .Where(tensor => tensor.Shape.Length >= 2 && slot.Plays(tensor.Role))
        .Sum(tensor => 2L * tensor.Shape.Aggregate(1L, (product, size) => product * size) * tensor.UsedShare.Of / tensor.UsedShare.In);

    // It runs whether it is tied or not; of the embedding a row is only read.
    private static long HeadFlops(ModelConfig config) => 2L * config.VocabSize * config.HiddenSize;

    // Adds up tensors, each once.
    private sealed class Tally
    {
        private readonly HashSet<(string Source, string Tensor)> _held = [];

        public long Parameters { get; private set; }

        public long Bytes { get; private set; }

        public void Hold(string source, IEnumerable<TensorEntry> tensors)
        {
            foreach (TensorEntry tensor in tensors.Where(tensor => _held.Add((source, tensor.Name))))
            {
                Parameters += tensor.ElementCount;
                Bytes += tensor.ByteCount;
            }
        }
    }
}
