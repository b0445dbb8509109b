using static TorchSharp.torch;

namespace LayerTool.Data;

/// <summary>Token ids as a tensor.</summary>
internal static class TokenBatch
{
    /// <summary>Rows of ids, shorter ones filled up at the right with token 0, which a causal model never looks back from.</summary>
    /// <returns>[rows, longest], int64, on the CPU.</returns>
    public static Tensor Of(IReadOnlyList<ReadOnlyMemory<int>> rows)
    {
        int longest = rows.Max(row => row.Length);
        long[] ids = new long[rows.Count * longest];
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<int> source = rows[row].Span;
            for (int column = 0; column < source.Length; column++)
            {
                ids[(row * longest) + column] = source[column];
            }
        }

        return tensor(ids, dtype: ScalarType.Int64).reshape(rows.Count, longest);
    }
}
