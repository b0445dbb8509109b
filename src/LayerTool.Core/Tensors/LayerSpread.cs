using System.Collections.Immutable;

namespace LayerTool.Tensors;

/// <summary>
/// Which device holds which layer of a model that is larger than one of them: neighbours stay together, so that the stream crosses a
/// border once for each device, and no device is filled to a larger part of its memory than it has to be.
/// </summary>
internal static class LayerSpread
{
    // The part of a device's memory that weights may take; keys, values and states have the rest.
    private const double MostOfRoom = 0.8;

    /// <summary>The number of the device that each layer is on: never falling, from 0.</summary>
    /// <param name="layers">Bytes of each layer.</param>
    /// <param name="rooms">Bytes that each device has for weights; at least one device.</param>
    /// <param name="ends">Bytes of what stands before and after the layers, which is on the first device.</param>
    public static ImmutableArray<int> Of(IReadOnlyList<long> layers, IReadOnlyList<long> rooms, long ends)
    {
        // All layers on the roomiest device alone is a way; from there down.
        double low = 0, high = (1 + 1e-9) * (((double)(layers.Sum() + ends) / Math.Max(rooms.Max(), 1)) + ((double)ends / Math.Max(rooms[0], 1)));
        ImmutableArray<int> best = Fill(layers, rooms, ends, high)!.Value;
        for (int halving = 0; halving < 64 && low < high; halving++)
        {
            double middle = (low + high) / 2;
            if (Fill(layers, rooms, ends, middle) is ImmutableArray<int> found)
            {
                (best, high) = (found, middle);
            }
            else
            {
                low = middle;
            }
        }

        return best;
    }

    /// <summary>How many devices, counted from the first, a model needs; all of them where even they are small.</summary>
    /// <param name="bytes">Bytes of the model.</param>
    /// <param name="rooms">Bytes that each device has.</param>
    public static int Fewest(long bytes, IReadOnlyList<long> rooms)
    {
        double held = 0;
        for (int device = 0; device < rooms.Count; device++)
        {
            held += MostOfRoom * rooms[device];
            if (held >= bytes)
            {
                return device + 1;
            }
        }

        return rooms.Count;
    }

    /// <summary>Each device in turn takes layers until <paramref name="part"/> of its room is full; null where layers are left over.</summary>
    private static ImmutableArray<int>? Fill(IReadOnlyList<long> layers, IReadOnlyList<long> rooms, long ends, double part)
    {
        ImmutableArray<int>.Builder devices = ImmutableArray.CreateBuilder<int>(layers.Count);
        double held = ends;
        int device = 0;
        if (held > part * Math.Max(rooms[0], 1))
        {
            return null;
        }

        foreach (long layer in layers)
        {
            while (held + layer > part * Math.Max(rooms[device], 1))
            {
                held = 0;
                if (++device == rooms.Count)
                {
                    return null;
                }
            }

            held += layer;
            devices.Add(device);
        }

        return devices.MoveToImmutable();
    }
}
