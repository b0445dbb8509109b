using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Tensors;

/// <summary>Rows of token ids as lists, and as padded batches.</summary>
internal static class TokenRows
{
    /// <summary>The real tokens of each row.</summary>
    /// <param name="ids">[B, T], int64.</param>
    /// <param name="mask">[B, T] with 0 for padding, or null.</param>
    public static IReadOnlyList<IReadOnlyList<int>> WithoutPadding(Tensor ids, Tensor? mask)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] values = [.. ids.to(ScalarType.Int64).contiguous().data<long>()];
        long[]? real = mask is null ? null : [.. mask.to(ScalarType.Int64).contiguous().data<long>()];
        int width = (int)ids.size(1);
        return
        [
            .. Enumerable.Range(0, (int)ids.size(0)).Select(row => (IReadOnlyList<int>)
            [
                .. Enumerable.Range(row * width, width).Where(index => real is null || real[index] != 0).Select(index => (int)values[index]),
            ]),
        ];
    }

    /// <summary>Rows padded with 0 to one length: ids and mask, [B, T] each, int64.</summary>
    public static (Tensor Ids, Tensor Mask) Pad(IReadOnlyList<IReadOnlyList<int>> rows, bool left)
    {
        int width = rows.Max(row => row.Count);
        long[] ids = new long[rows.Count * width];
        long[] mask = new long[ids.Length];
        for (int row = 0; row < rows.Count; row++)
        {
            int start = (row * width) + (left ? width - rows[row].Count : 0);
            for (int index = 0; index < rows[row].Count; index++)
            {
                ids[start + index] = rows[row][index];
                mask[start + index] = 1;
            }
        }

        long[] shape = [rows.Count, width];
        return (tensor(ids, shape, dtype: ScalarType.Int64), tensor(mask, shape, dtype: ScalarType.Int64));
    }
}
