using LayerTool.Checkpoints;
using LayerTool.Saving;

namespace LayerTool.Tying;

/// <summary>A number of elements, and their size in the types that they are stored in.</summary>
/// <param name="Parameters">Elements.</param>
/// <param name="Bytes">Bytes.</param>
public readonly record struct TieSize(long Parameters, long Bytes)
{
    /// <summary>Both together.</summary>
    public static TieSize operator +(TieSize left, TieSize right) => new(left.Parameters + right.Parameters, left.Bytes + right.Bytes);

    /// <summary>The same by name.</summary>
    public TieSize Add(TieSize other) => this + other;
}

/// <summary>What a tied model holds, each tensor once however often it is played.</summary>
/// <param name="Before">The model before, in the types of its files.</param>
/// <param name="Unrolled">All depths written out, in the types that are written.</param>
/// <param name="SharedLayers">The shared layers, with one set of norms and biases.</param>
/// <param name="Adapters">A and B of all depths.</param>
/// <param name="DepthNorms">Norms and biases of the depths beyond that one set.</param>
/// <param name="OutsideLayers">Embedding, final norm, head.</param>
public sealed record TieCost(TieSize Before, TieSize Unrolled, TieSize SharedLayers, TieSize Adapters, TieSize DepthNorms, TieSize OutsideLayers)
{
    /// <summary>All of the tied model.</summary>
    public TieSize After => SharedLayers + Adapters + DepthNorms + OutsideLayers;

    /// <summary>What a form of it takes on the disk.</summary>
    public TieSize Written(TieLayout layout) => layout switch
    {
        TieLayout.Merged => Unrolled,
        TieLayout.Unrolled => Unrolled + Adapters,
        _ => After,
    };

    internal static TieCost Of(TiePlan plan)
    {
        TieMap map = plan.Map;
        Dictionary<string, OutputTensor> layer = plan.Compact.Tensors
            .Where(tensor => LayerIndex.TryRead(tensor.Name, plan.Prefix, out int index, out _) && index == 0)
            .ToDictionary(tensor => tensor.Name[plan.Sources.Main.Layers.Name(0, "").Length..], StringComparer.Ordinal);
        TieSize Times(int count, IEnumerable<TiedTensor> tensors) => new(
            count * tensors.Sum(tensor => tensor.Elements),
            count * tensors.Sum(tensor => layer[tensor.Suffix].ByteCount));

        TieSize unrolled = new(plan.Unrolled.TotalParameters, plan.Unrolled.TotalBytes);
        TieSize inLayers = Times(map.Depths, plan.Tensors);
        long adapters = map.Depths * plan.Tensors.Sum(tensor => tensor.AdapterElements);
        return new TieCost(
            new TieSize(unrolled.Parameters, plan.Unrolled.Tensors.Sum(tensor => tensor.Source.ByteCount)),
            unrolled,
            Times(map.SharedCount, plan.Tensors),
            new TieSize(adapters, adapters * sizeof(float)),
            Times(map.Depths - map.SharedCount, plan.DepthTensors),
            new TieSize(unrolled.Parameters - inLayers.Parameters, unrolled.Bytes - inLayers.Bytes));
    }
}
