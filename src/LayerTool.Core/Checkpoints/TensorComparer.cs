using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>Compares the bytes of two tensors of one shape, and their values where the bytes differ, piece by piece.</summary>
/// <param name="left">Reads the first.</param>
/// <param name="right">Reads the second.</param>
/// <param name="compared">Told, before each piece, how many bytes of the first tensor are done.</param>
internal sealed class TensorComparer(TensorReader left, TensorReader right, Action<long>? compared = null)
{
    /// <summary>Elements of a piece: at most 1 MiB of the widest type.</summary>
    private const int Piece = 1 << 17;

    private readonly byte[] _leftBytes = new byte[Piece * sizeof(double)];
    private readonly byte[] _rightBytes = new byte[Piece * sizeof(double)];
    private readonly double[] _leftValues = new double[Piece];
    private readonly double[] _rightValues = new double[Piece];

    /// <summary>The difference, or null where type and bytes are equal.</summary>
    /// <param name="first">A tensor of the left reader.</param>
    /// <param name="second">A tensor of the right reader, of the same shape.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    public ValueDifference? Compare(TensorEntry first, TensorEntry second, CancellationToken cancellation)
    {
        bool sameType = first.Dtype == second.Dtype;
        bool readable = ElementValues.CanRead(first.Dtype) && ElementValues.CanRead(second.Dtype);
        if (!sameType && !readable)
        {
            return new ValueDifference(null, null, 0);
        }

        ValueDifference found = new(0, 0, 0);
        bool differs = !sameType;
        long pieces = readable ? Piece : Piece * 8L * 8 / first.Dtype.Bits / 8 * 8; // whole bytes of packed types
        for (long start = 0; start < first.ElementCount; start += pieces)
        {
            cancellation.ThrowIfCancellationRequested();
            compared?.Invoke(start * first.Dtype.Bits / 8);
            int count = (int)Math.Min(pieces, first.ElementCount - start);
            ReadOnlySpan<byte> leftBytes = Read(left, first, start, count, _leftBytes);
            ReadOnlySpan<byte> rightBytes = Read(right, second, start, count, _rightBytes);
            if (sameType && leftBytes.SequenceEqual(rightBytes))
            {
                continue;
            }

            differs = true;
            if (!readable)
            {
                return new ValueDifference(null, null, 0);
            }

            ElementValues.Read(first.Dtype, leftBytes, _leftValues.AsSpan(0, count));
            ElementValues.Read(second.Dtype, rightBytes, _rightValues.AsSpan(0, count));
            found = found.With(_leftValues.AsSpan(0, count), _rightValues.AsSpan(0, count));
        }

        return differs ? found : null;
    }

    private static ReadOnlySpan<byte> Read(TensorReader reader, TensorEntry tensor, long start, int count, byte[] buffer)
    {
        Span<byte> bytes = buffer.AsSpan(0, (int)(((long)count * tensor.Dtype.Bits) / 8));
        reader.Read(tensor, start * tensor.Dtype.Bits / 8, bytes);
        return bytes;
    }
}
