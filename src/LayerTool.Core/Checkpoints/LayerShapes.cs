using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>
/// Compares the tensors of two checkpoints' layers by their names inside the layer. The layers of one checkpoint may be of
/// several kinds (dense and sparse, sliding and full): a tensor fits where any layer of the main checkpoint has it so.
/// </summary>
internal static class LayerShapes
{
    public static ImmutableArray<FieldDifference> Compare(Checkpoint main, Checkpoint other)
    {
        Kinds fits = new(main);
        Kinds taken = new(other);
        ImmutableArray<FieldDifference>.Builder differences = ImmutableArray.CreateBuilder<FieldDifference>();
        foreach ((string suffix, SortedSet<string> shapes) in taken.Shapes)
        {
            if (fits.LacksHalfOf(suffix))
            {
                continue; // every layer of the main checkpoint dropped that half: there is nothing that it could differ from
            }

            if (!fits.Shapes.TryGetValue(suffix, out SortedSet<string>? known))
            {
                differences.Add(new FieldDifference(suffix, "absent", string.Join(" or ", shapes)));
            }
            else if (!shapes.IsSubsetOf(known))
            {
                differences.Add(new FieldDifference(suffix, string.Join(" or ", known), string.Join(" or ", shapes)));
            }
        }

        foreach (string suffix in fits.InEveryLayer.Where(suffix => !taken.InEveryLayer.Contains(suffix) && !taken.LacksHalfOf(suffix)))
        {
            differences.Add(new FieldDifference(suffix, string.Join(" or ", fits.Shapes[suffix]), taken.Shapes.ContainsKey(suffix) ? "absent in some layers" : "absent"));
        }

        return differences.DrainToImmutable();
    }

    public static IEnumerable<string> Notes(Checkpoint main, Checkpoint other)
    {
        string[] left = Floats(main);
        string[] right = Floats(other);
        if (!left.SequenceEqual(right))
        {
            yield return $"layers of {other.Folder} are stored as {string.Join(", ", right)}, those of {main.Folder} as {string.Join(", ", left)}: they are cast to the types there, once, rounded to nearest even";
        }
    }

    private static string[] Floats(Checkpoint checkpoint) =>
        [.. Enumerable.Range(0, checkpoint.Layers.Count).SelectMany(layer => checkpoint.Layers.InLayer(layer)).Select(tensor => tensor.Dtype).Where(dtype => dtype.IsFloat).Select(dtype => dtype.Name).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Floats of any width hold weights alike; the type of anything else is part of the shape.</summary>
    private static string Shown(TensorEntry tensor) =>
        tensor.Dtype.IsFloat ? Quoted.Shape(tensor.Shape) : $"{Quoted.Shape(tensor.Shape)} of {tensor.Dtype}";

    private sealed class Kinds
    {
        private readonly LayerNaming _layers;
        private readonly int _withAttention;
        private readonly int _withMlp;

        public Kinds(Checkpoint checkpoint)
        {
            _layers = checkpoint.Layers;
            Dictionary<string, int> counts = new(StringComparer.Ordinal);
            for (int layer = 0; layer < _layers.Count; layer++)
            {
                LayerHalves stored = _layers.Stored(layer);
                _withAttention += stored.HasFlag(LayerHalves.Attention) ? 1 : 0;
                _withMlp += stored.HasFlag(LayerHalves.Mlp) ? 1 : 0;
                foreach (TensorEntry tensor in _layers.InLayer(layer))
                {
                    string suffix = _layers.Place(tensor.Name).Suffix;
                    if (LayerBuffers.Contains(suffix, tensor))
                    {
                        continue;
                    }

                    counts[suffix] = counts.GetValueOrDefault(suffix) + 1;
                    if (!Shapes.TryGetValue(suffix, out SortedSet<string>? shapes))
                    {
                        shapes = new SortedSet<string>(StringComparer.Ordinal);
                        Shapes.Add(suffix, shapes);
                    }

                    shapes.Add(Shown(tensor));
                }
            }

            InEveryLayer.UnionWith(counts.Where(pair => pair.Value == LayersWithHalfOf(pair.Key)).Select(pair => pair.Key));
        }

        public SortedDictionary<string, SortedSet<string>> Shapes { get; } = new(StringComparer.Ordinal);

        /// <summary>What no layer lacks that stores the tensor's half at all: whole halves may be dropped.</summary>
        public SortedSet<string> InEveryLayer { get; } = new(StringComparer.Ordinal);

        /// <summary>Whether no layer stores the half that a tensor goes with.</summary>
        public bool LacksHalfOf(string suffix) => LayersWithHalfOf(suffix) == 0;

        private int LayersWithHalfOf(string suffix) => _layers.Role(suffix) switch
        {
            TensorRole.Attention => _withAttention,
            TensorRole.Mlp => _withMlp,
            _ => _layers.Count,
        };
    }
}
