using System.Buffers.Binary;

namespace LayerTool.Safetensors;

/// <summary>The elements of a tensor as numbers, for comparing two of them. Nothing is ever written from these.</summary>
public static class ElementValues
{
    private static readonly double[] F8E4M3 = Float8(exponentBits: 4, bias: 7, bits => (bits & 0x7f) == 0x7f);
    private static readonly double[] F8E4M3Fnuz = Float8(exponentBits: 4, bias: 8, bits => bits == 0x80);
    private static readonly double[] F8E5M2Fnuz = Float8(exponentBits: 5, bias: 16, bits => bits == 0x80);

    /// <summary>Whether elements of that type have a value of their own: not those packed into less than a byte, not complex ones.</summary>
    public static bool CanRead(TensorDtype dtype) => dtype.Bits >= 8 && dtype.Name != "C64";

    /// <summary>Reads elements.</summary>
    /// <param name="dtype">Their type.</param>
    /// <param name="bytes">Their bytes, little-endian.</param>
    /// <param name="values">As many as there are elements.</param>
    public static void Read(TensorDtype dtype, ReadOnlySpan<byte> bytes, Span<double> values)
    {
        switch (dtype.Name)
        {
            case "F64": Each(bytes, values, 8, static b => BinaryPrimitives.ReadDoubleLittleEndian(b)); break;
            case "F32": Each(bytes, values, 4, static b => BinaryPrimitives.ReadSingleLittleEndian(b)); break;
            case "F16": Each(bytes, values, 2, static b => (double)BinaryPrimitives.ReadHalfLittleEndian(b)); break;
            case "BF16": Each(bytes, values, 2, static b => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(b) << 16)); break;
            case "I64": Each(bytes, values, 8, static b => BinaryPrimitives.ReadInt64LittleEndian(b)); break;
            case "U64": Each(bytes, values, 8, static b => BinaryPrimitives.ReadUInt64LittleEndian(b)); break;
            case "I32": Each(bytes, values, 4, static b => BinaryPrimitives.ReadInt32LittleEndian(b)); break;
            case "U32": Each(bytes, values, 4, static b => BinaryPrimitives.ReadUInt32LittleEndian(b)); break;
            case "I16": Each(bytes, values, 2, static b => BinaryPrimitives.ReadInt16LittleEndian(b)); break;
            case "U16": Each(bytes, values, 2, static b => BinaryPrimitives.ReadUInt16LittleEndian(b)); break;
            case "I8": Each(bytes, values, 1, static b => (sbyte)b[0]); break;
            case "U8" or "BOOL": Each(bytes, values, 1, static b => b[0]); break;
            case "F8_E4M3": Each(bytes, values, 1, static b => F8E4M3[b[0]]); break;
            case "F8_E4M3FNUZ": Each(bytes, values, 1, static b => F8E4M3Fnuz[b[0]]); break;
            case "F8_E5M2FNUZ": Each(bytes, values, 1, static b => F8E5M2Fnuz[b[0]]); break;
            case "F8_E5M2": Each(bytes, values, 1, static b => (double)BitConverter.UInt16BitsToHalf((ushort)(b[0] << 8))); break; // the upper half of a half
            case "F8_E8M0": Each(bytes, values, 1, static b => b[0] == 255 ? double.NaN : Math.ScaleB(1, b[0] - 127)); break;
            default: throw new ArgumentException($"Elements of {dtype} have no single value.", nameof(dtype));
        }
    }

    private static void Each(ReadOnlySpan<byte> bytes, Span<double> values, int size, Func<ReadOnlySpan<byte>, double> read)
    {
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = read(bytes.Slice(index * size, size));
        }
    }

    /// <summary>All 256 values of an 8-bit float without infinities.</summary>
    private static double[] Float8(int exponentBits, int bias, Func<int, bool> isNan)
    {
        int mantissaBits = 7 - exponentBits;
        double[] values = new double[256];
        for (int bits = 0; bits < values.Length; bits++)
        {
            int exponent = (bits & 0x7f) >> mantissaBits;
            int mantissa = bits & ((1 << mantissaBits) - 1);
            double magnitude = exponent == 0
                ? Math.ScaleB(mantissa, 1 - bias - mantissaBits)
                : Math.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
            values[bits] = isNan(bits) ? double.NaN : (bits & 0x80) != 0 ? -magnitude : magnitude;
        }

        return values;
    }
}
