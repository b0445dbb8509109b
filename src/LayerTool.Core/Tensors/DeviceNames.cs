using System.Collections.Immutable;
using System.Globalization;

namespace LayerTool.Tensors;

/// <summary>What <c>--device</c> may say: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, several of them with commas between, or <c>auto</c>.</summary>
public static class DeviceNames
{
    /// <summary>All devices of the machine that the model needs: as many CUDA devices as hold it, else the processor.</summary>
    public const string Auto = "auto";

    /// <summary>The processor.</summary>
    public const string Cpu = "cpu";

    private const string Cuda = "cuda";

    /// <summary>The indices of CUDA devices that a text names, null for the processor; or null where it names something else.</summary>
    /// <param name="text">Names with commas between.</param>
    public static ImmutableArray<int?>? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ImmutableArray<int?>.Builder indices = ImmutableArray.CreateBuilder<int?>();
        foreach (string name in text.Split(','))
        {
            if (name is Cpu or Cuda)
            {
                indices.Add(name == Cpu ? null : 0);
            }
            else if (name.StartsWith(Cuda + ":", StringComparison.Ordinal)
                && byte.TryParse(name.AsSpan(Cuda.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out byte index))
            {
                indices.Add(index);
            }
            else
            {
                return null;
            }
        }

        return indices.DrainToImmutable();
    }
}
