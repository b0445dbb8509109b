using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Verification;

/// <summary>Rows of token ids as lists.</summary>
internal static class GoldenRows
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
}
