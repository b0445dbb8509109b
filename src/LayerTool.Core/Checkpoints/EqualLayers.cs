using System.Collections.Immutable;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>Finds layers that two checkpoints hold byte for byte alike: taking such a layer from the other changes nothing.</summary>
public static class EqualLayers
{
    private const int ChunkBytes = 1 << 18;

    /// <summary>Compares layers of the same index. One that differs is known by the first bytes that do.</summary>
    /// <param name="main">One checkpoint.</param>
    /// <param name="other">The other.</param>
    /// <param name="layers">Layers of both.</param>
    /// <param name="cancellation">Looked at in front of each piece.</param>
    /// <returns>Those that are equal.</returns>
    public static ImmutableArray<int> Find(Checkpoint main, Checkpoint other, IEnumerable<int> layers, CancellationToken cancellation = default)
    {
        using TensorReader left = new(main.Files);
        using TensorReader right = new(other.Files);
        byte[] leftBytes = new byte[ChunkBytes], rightBytes = new byte[ChunkBytes];

        bool AreEqual(TensorEntry first, TensorEntry second)
        {
            if (first.Dtype != second.Dtype || first.ByteCount != second.ByteCount)
            {
                return false;
            }

            for (long position = 0; position < first.ByteCount; position += ChunkBytes)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = (int)Math.Min(ChunkBytes, first.ByteCount - position);
                left.Read(first, position, leftBytes.AsSpan(0, count));
                right.Read(second, position, rightBytes.AsSpan(0, count));
                if (!leftBytes.AsSpan(0, count).SequenceEqual(rightBytes.AsSpan(0, count)))
                {
                    return false;
                }
            }

            return true;
        }

        return
        [
            .. layers.Where(layer => main.Layers.InLayer(layer)
                .Where(tensor => !LayerBuffers.Contains(main.Layers.Place(tensor.Name).Suffix, tensor))
                .All(tensor => other.Tensors.TryGetValue(other.Layers.Name(layer, main.Layers.Place(tensor.Name).Suffix), out TensorEntry? same) && AreEqual(tensor, same))),
        ];
    }
}
