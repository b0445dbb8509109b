using LayerTool.Architectures;
using LayerTool.Plans;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Whether a run of a plan has what it needs, asked before it begins: every tensor is there and fits, and memory suffices. Asked once
/// for a plan and a size of batch.
/// </summary>
/// <param name="sources">The sources by name.</param>
/// <param name="devices">Which of their layers are where; only the processor's memory is asked for.</param>
/// <param name="dtype">The compute type.</param>
/// <param name="offload">Whether weights are held one slot at a time.</param>
internal sealed class RunMemory(IReadOnlyDictionary<string, SourceModel> sources, LayerDevices devices, ScalarType dtype, bool offload)
{
    private readonly int _width = dtype.ElementSize();
    private LayerPlan? _plan; // what was last asked for
    private long _tokens;
    private long _logits;

    private ModelConfig Config => sources[LayerPlan.Main].Config;

    /// <summary>Whether a run was asked for that is at least as large.</summary>
    /// <param name="plan">What is played.</param>
    /// <param name="tokens">Tokens of a batch.</param>
    /// <param name="logits">Elements of logits.</param>
    public bool Covers(LayerPlan plan, long tokens, long logits) => ReferenceEquals(plan, _plan) && tokens <= _tokens && logits <= _logits;

    /// <summary>Asks for a run.</summary>
    /// <param name="plan">What is played.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="count">Tokens of a row.</param>
    /// <param name="cached">Tokens of a row that the cache is going to hold; null without a cache.</param>
    /// <param name="logits">Elements of logits.</param>
    /// <exception cref="Faults.LayerToolException">A tensor is missing or does not fit, or there is not enough memory.</exception>
    public void Ask(LayerPlan plan, long batch, long count, long? cached, long logits)
    {
        Needed[][] places = [.. Places(plan)];
        foreach (Needed needed in places.SelectMany(place => place))
        {
            needed.Source.Weights.Require(needed.Tensor.Name, needed.Tensor.Shape.AsSpan());
        }

        long cache = cached is long tokens ? _width * batch * tokens * Config.MostCacheElements * plan.Slots.LongCount(slot => slot.HasAttention && IsHere(slot.Layer)) : 0;
        long states = devices.All.Any(device => device.type == DeviceType.CPU) ? States(Config, batch, count, _width) + (logits * _width) : 0;
        MemoryNeed whole = new(places.SelectMany(place => place).DistinctBy(needed => (needed.Source, needed.Tensor.Name, needed.Gain)).Sum(Bytes), cache, states);
        MemoryNeed streamed = whole with { Weights = LargestPlace(plan, places) };
        MemoryBudget.Require(offload ? streamed : whole, offload ? null : streamed);
        (_plan, _tokens, _logits) = (plan, batch * count, logits);
    }

    /// <summary>States of one slot at once: the stream, what attention holds, and what the MLP holds at its widest.</summary>
    public static long States(ModelConfig config, long batch, long tokens, int width) =>
        batch * tokens * width * ((6L * config.HiddenSize) + (3L * config.AttentionHeads * config.HeadDim) + (3L * config.WidestMlp));

    /// <summary>The tensors of each place of a plan: what is before the layers, each slot, what is after them.</summary>
    private IEnumerable<Needed[]> Places(LayerPlan plan)
    {
        Needed[] Of(string source, Func<ModelConfig, IEnumerable<ExpectedTensor>> tensors, LayerSlot? slot = null) =>
            [.. tensors(sources[source].Config).Select(tensor => new Needed(sources[source], tensor, GainOf(slot, tensor)))];

        yield return Of(plan.EmbeddingSource, ExpectedTensors.BeforeLayers);
        foreach (LayerSlot slot in plan.Slots.Distinct())
        {
            yield return Of(slot.Source, config => slot.Layer >= config.LayerCount ? [] : ExpectedTensors.InLayer(config, slot.Layer).Where(tensor => slot.Plays(tensor.Role)), slot);
        }

        yield return Of(plan.HeadSource, ExpectedTensors.AfterLayers);
    }

    private static double GainOf(LayerSlot? slot, ExpectedTensor tensor) => slot is null || tensor.Gain == GainPlace.None
        ? 1
        : tensor.Role == TensorRole.Attention ? slot.AttentionGain : slot.MlpGain;

    /// <summary>Bytes that a tensor takes that is not loaded yet and no view of the file; a multiplied one is a copy always.</summary>
    private long Bytes(Needed needed) => !IsHere(needed.Tensor.Layer)
        ? 0
        : needed.Gain == 1
            ? needed.Source.Weights.BytesToLoad(needed.Tensor)
            : _width * needed.Tensor.Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The most that is held at once where one place's weights are: of tables before the layers only rows are, unless one is the head too.</summary>
    private long LargestPlace(LayerPlan plan, Needed[][] places)
    {
        SourceModel embedding = sources[plan.EmbeddingSource];
        Needed table = places[0].First(needed => needed.Tensor.Name == embedding.EmbeddingName);
        bool isHead = plan.TiedHead || sources[plan.HeadSource].Config.TiedEmbeddings;
        long before = places[0].Where(needed => !needed.Source.IsTable(needed.Tensor.Name)).Sum(Bytes);
        long after = places[^1].Sum(Bytes) + (isHead ? Bytes(table) : 0);
        return Math.Max(Math.Max(before, after), places[1..^1].Select(place => place.Sum(Bytes)).DefaultIfEmpty().Max());
    }

    private bool IsHere(int? layer) => devices.Of(layer).type == DeviceType.CPU;

    private readonly record struct Needed(SourceModel Source, ExpectedTensor Tensor, double Gain);
}
