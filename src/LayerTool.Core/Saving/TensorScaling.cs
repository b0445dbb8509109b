using System.Buffers.Binary;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>
/// Values of floating types multiplied, and cast between types: computed in float32, rounded once, to nearest, ties to even.
/// </summary>
internal static class TensorScaling
{
    /// <summary>Whether values of that type can be computed with.</summary>
    public static bool Supports(TensorDtype dtype) => dtype == TensorDtype.BF16 || dtype == TensorDtype.F16 || dtype == TensorDtype.F32;

    /// <summary>Multiplies a run of values.</summary>
    /// <param name="source">Values of type <paramref name="from"/>, little-endian.</param>
    /// <param name="from">A type that <see cref="Supports"/> allows.</param>
    /// <param name="target">Room for as many values of type <paramref name="to"/>.</param>
    /// <param name="to">A type that <see cref="Supports"/> allows.</param>
    /// <param name="factor">The factor; 1 for a cast alone.</param>
    /// <param name="offset">Added before the factor and taken off after it.</param>
    /// <returns>Index of the first finite value whose result is not finite, or −1.</returns>
    public static int Apply(ReadOnlySpan<byte> source, TensorDtype from, Span<byte> target, TensorDtype to, float factor, float offset = 0)
    {
        int count = source.Length / (from.Bits / 8);
        int overflow = -1;
        for (int index = 0; index < count; index++)
        {
            float value = Read(source, from, index);
            float result = Write(target, to, index, offset == 0 ? value * factor : ((value + offset) * factor) - offset);
            if (overflow < 0 && float.IsFinite(value) && !float.IsFinite(result))
            {
                overflow = index;
            }
        }

        return overflow;
    }

    private static float Read(ReadOnlySpan<byte> source, TensorDtype dtype, int index)
    {
        if (dtype == TensorDtype.F32)
        {
            return BinaryPrimitives.ReadSingleLittleEndian(source[(index * 4)..]);
        }

        return dtype == TensorDtype.F16
            ? (float)BinaryPrimitives.ReadHalfLittleEndian(source[(index * 2)..])
            : BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(source[(index * 2)..]) << 16);
    }

    private static float Write(Span<byte> target, TensorDtype dtype, int index, float value)
    {
        if (dtype == TensorDtype.F32)
        {
            BinaryPrimitives.WriteSingleLittleEndian(target[(index * 4)..], value);
            return value;
        }

        if (dtype == TensorDtype.F16)
        {
            Half half = (Half)value;
            BinaryPrimitives.WriteHalfLittleEndian(target[(index * 2)..], half);
            return (float)half;
        }

        ushort bits = ToBFloat16(value);
        BinaryPrimitives.WriteUInt16LittleEndian(target[(index * 2)..], bits);
        return BitConverter.UInt32BitsToSingle((uint)bits << 16);
    }

    /// <summary>The upper half of a float32, rounded to nearest even; NaN stays NaN.</summary>
    private static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? (ushort)((bits >> 16) | 0x40)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
