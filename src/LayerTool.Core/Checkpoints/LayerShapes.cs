using System.Collections.Immutable;
using LayerTool.Faults;
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
            if (!fits.Shapes.TryGetValue(suffix, out SortedSet<string>? known))
            {
                differences.Add(new FieldDifference(suffix, "absent", string.Join(" or ", shapes)));
            }
            else if (!shapes.IsSubsetOf(known))
            {
                differences.Add(new FieldDifference(suffix, string.Join(" or ", known), string.Join(" or ", shapes)));
            }
        }

        foreach (string suffix in fits.InEveryLayer.Where(suffix => !taken.InEveryLayer.Contains(suffix)))
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
        public Kinds(Checkpoint checkpoint)
        {
            LayerNaming layers = checkpoint.Layers;
            for (int layer = 0; layer < layers.Count; layer++)
            {
                HashSet<string> suffixes = new(StringComparer.Ordinal);
                foreach (TensorEntry tensor in layers.InLayer(layer))
                {
                    string suffix = layers.Place(tensor.Name).Suffix;
                    if (LayerBuffers.Contains(suffix, tensor))
                    {
                        continue;
                    }

                    suffixes.Add(suffix);
                    if (!Shapes.TryGetValue(suffix, out SortedSet<string>? shapes))
                    {
                        shapes = new SortedSet<string>(StringComparer.Ordinal);
                        Shapes.Add(suffix, shapes);
                    }

                    shapes.Add(Shown(tensor));
                }

                if (layer == 0)
                {
                    InEveryLayer.UnionWith(suffixes);
                }
                else
                {
                    InEveryLayer.IntersectWith(suffixes);
                }
            }
        }

        public SortedDictionary<string, SortedSet<string>> Shapes { get; } = new(StringComparer.Ordinal);

        public SortedSet<string> InEveryLayer { get; } = new(StringComparer.Ordinal);
    }
}
