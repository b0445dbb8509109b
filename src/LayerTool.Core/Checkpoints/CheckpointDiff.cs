using System.Collections.Immutable;
using LayerTool.Faults;
using LayerTool.Progress;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>Two models compared: their configs key by key, their tensors one by one.</summary>
/// <param name="Left">What the first was called.</param>
/// <param name="Right">What the second was called.</param>
/// <param name="Config">Keys of config.json that differ, by their path.</param>
/// <param name="Layers">What is outside the layers, then each layer that either has.</param>
/// <param name="Tensors">The tensors that differ, in the order of the layers.</param>
/// <param name="EqualTensors">How many do not differ.</param>
/// <param name="Notes">What the comparison does not show, one sentence each.</param>
public sealed record CheckpointDiff(
    string Left,
    string Right,
    ImmutableArray<ConfigDifference> Config,
    ImmutableArray<LayerDifference> Layers,
    ImmutableArray<TensorDifference> Tensors,
    int EqualTensors,
    ImmutableArray<string> Notes)
{
    /// <summary>Whether nothing differs.</summary>
    public bool IsEqual => Config.IsEmpty && Tensors.IsEmpty;

    /// <summary>Compares two models. Weights are read once, in pieces.</summary>
    /// <param name="left">The first.</param>
    /// <param name="right">The second.</param>
    /// <param name="progress">Told of the bytes compared.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    /// <exception cref="LayerToolException">A file cannot be read.</exception>
    public static CheckpointDiff Compare(PlayedModel left, PlayedModel right, IProgress<Step>? progress = null, CancellationToken cancellation = default)
    {
        using TensorReader leftReader = new(left.Files);
        using TensorReader rightReader = new(right.Files);
        string[] names = [.. left.Tensors.Keys.Union(right.Tensors.Keys, StringComparer.Ordinal)];
        long total = left.Tensors.Values.Sum(tensor => tensor.ByteCount);
        long done = 0;
        TensorComparer comparer = new(leftReader, rightReader, part => progress?.Report(new Step("comparing", done + part, total, "bytes")));
        List<TensorDifference> differences = [];
        Dictionary<int, int> equal = [];
        foreach (string name in names.OrderBy(name => LayerOf(name, left, right) ?? -1).ThenBy(name => name, StringComparer.Ordinal))
        {
            int? layer = LayerOf(name, left, right);
            if (Difference(name, layer, left, right, comparer, cancellation) is TensorDifference difference)
            {
                differences.Add(difference);
            }
            else
            {
                equal[layer ?? -1] = equal.GetValueOrDefault(layer ?? -1) + 1;
            }

            done += left.Tensors.TryGetValue(name, out TensorEntry? tensor) ? tensor.ByteCount : 0;
            progress?.Report(new Step("comparing", done, total, "bytes"));
        }

        return new CheckpointDiff(
            left.Name,
            right.Name,
            ConfigDifference.Between(left.Config, right.Config),
            Summarize(Math.Max(left.Slots, right.Slots), differences, equal),
            [.. differences],
            equal.Values.Sum(),
            [.. left.Notes, .. right.Notes]);
    }

    private static int? LayerOf(string name, PlayedModel left, PlayedModel right) =>
        left.Layers.TryGetValue(name, out int layer) || right.Layers.TryGetValue(name, out layer) ? layer : null;

    private static TensorDifference? Difference(string name, int? layer, PlayedModel left, PlayedModel right, TensorComparer comparer, CancellationToken cancellation)
    {
        if (!left.Tensors.TryGetValue(name, out TensorEntry? first))
        {
            return new TensorDifference(name, layer, TensorChange.Added, null, Kind(right.Tensors[name]));
        }

        if (!right.Tensors.TryGetValue(name, out TensorEntry? second))
        {
            return new TensorDifference(name, layer, TensorChange.Removed, Kind(first), null);
        }

        if (!first.Shape.AsSpan().SequenceEqual(second.Shape.AsSpan()))
        {
            return new TensorDifference(name, layer, TensorChange.Shape, Kind(first), Kind(second));
        }

        // One and the same place on disk needs no reading: two plans over one checkpoint share most of it.
        bool same = first.File == second.File && first.Offset == second.Offset && first.Dtype == second.Dtype;
        if (same || comparer.Compare(first, second, cancellation) is not ValueDifference values)
        {
            return null;
        }

        TensorChange change = first.Dtype == second.Dtype ? TensorChange.Values : TensorChange.Dtype;
        return new TensorDifference(name, layer, change, Kind(first), Kind(second), values.MaxAbs, values.Elements, values.NotNumbers);
    }

    private static ImmutableArray<LayerDifference> Summarize(int count, List<TensorDifference> differences, Dictionary<int, int> equal)
    {
        ILookup<int, TensorDifference> byLayer = differences.ToLookup(difference => difference.Layer ?? -1);
        return
        [
            .. Enumerable.Range(-1, count + 1).Select(layer => new LayerDifference(
                layer < 0 ? null : layer,
                equal.GetValueOrDefault(layer),
                byLayer[layer].Count(difference => difference.Change is not (TensorChange.Added or TensorChange.Removed)),
                byLayer[layer].Count(difference => difference.Change == TensorChange.Added),
                byLayer[layer].Count(difference => difference.Change == TensorChange.Removed),
                byLayer[layer].Max(difference => difference.MaxAbsDifference))),
        ];
    }

    private static string Kind(TensorEntry tensor) => $"{tensor.Dtype} {Quoted.Shape(tensor.Shape)}";
}
