using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>
/// Compares the tensors of a checkpoint with those that its config.json demands. Loaders fill a missing one with random numbers
/// after a single warning, so the difference is a fault here.
/// </summary>
public static class TensorCheck
{
    /// <summary>Every tensor that is missing or of another shape, in the order in which they run.</summary>
    /// <exception cref="LayerToolException">The family is unknown or config.json is at fault.</exception>
    public static ImmutableArray<TensorFault> Find(Checkpoint checkpoint)
    {
        ImmutableArray<TensorFault>.Builder faults = ImmutableArray.CreateBuilder<TensorFault>();
        foreach (ExpectedTensor expected in ExpectedTensors.For(checkpoint.Config))
        {
            if (!checkpoint.Tensors.TryGetValue(expected.Name, out TensorEntry? found))
            {
                faults.Add(new TensorFault(expected.Name, expected.Shape, null));
            }
            else if (!found.Shape.AsSpan().SequenceEqual(expected.Shape.AsSpan()))
            {
                faults.Add(new TensorFault(expected.Name, expected.Shape, found.Shape));
            }
        }

        return faults.DrainToImmutable();
    }

    /// <summary>Refuses a checkpoint that lacks a tensor or has one of another shape.</summary>
    /// <exception cref="LayerToolException">The first one, by name and with both shapes, and how many there are.</exception>
    public static void Require(Checkpoint checkpoint)
    {
        ImmutableArray<TensorFault> faults = Find(checkpoint);
        if (faults.IsEmpty)
        {
            return;
        }

        throw Fault(checkpoint.Folder, faults[0], faults.Length - 1);
    }

    /// <summary>One tensor of a checkpoint, of the shape that config.json demands.</summary>
    /// <exception cref="LayerToolException">It is missing, or of another shape.</exception>
    public static TensorEntry Require(Checkpoint checkpoint, string name, ReadOnlySpan<long> shape)
    {
        if (!checkpoint.Tensors.TryGetValue(name, out TensorEntry? found) || !found.Shape.AsSpan().SequenceEqual(shape))
        {
            throw Fault(found?.File ?? checkpoint.Folder, new TensorFault(name, [.. shape], found?.Shape));
        }

        return found;
    }

    /// <summary>The fault of a checkpoint whose tensors are not as its config.json demands.</summary>
    /// <param name="place">Its folder, or the file that holds the tensor.</param>
    /// <param name="fault">The first such tensor.</param>
    /// <param name="others">How many more there are.</param>
    internal static LayerToolException Fault(string place, TensorFault fault, int others = 0) => new(
        $"{place}: {fault}{(others == 0 ? "" : $" ({others} more do not fit)")}",
        "config.json and weights are not of one model, or a shard is damaged: fetch both again");
}
