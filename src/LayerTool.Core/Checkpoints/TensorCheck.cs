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
                faults.Add(new TensorFault(expected, null));
            }
            else if (!found.Shape.AsSpan().SequenceEqual(expected.Shape.AsSpan()))
            {
                faults.Add(new TensorFault(expected, found.Shape));
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

        string others = faults.Length == 1 ? "" : $" ({faults.Length - 1} more do not fit)";
        throw new LayerToolException(
            $"{checkpoint.Folder}: {faults[0]}{others}",
            "config.json and weights are not of one model, or a shard is damaged: fetch both again");
    }
}
