using LayerTool.Models;
using static TorchSharp.torch;

namespace LayerTool.Evaluation.Likelihood;

/// <summary>A batch of trees as tensors; shorter ones are filled up at the right with token 0, which no other token sees.</summary>
/// <param name="Ids">[B, T], int64.</param>
/// <param name="Layout">Where the tokens stand, or null where each row is one text.</param>
internal readonly record struct TreeInput(Tensor Ids, TokenLayout? Layout)
{
    /// <summary>The tensors of a batch.</summary>
    /// <param name="rows">The trees.</param>
    /// <param name="beginning">Nodes at the start of each that are left out: they are cached.</param>
    /// <param name="device">Where the layout goes.</param>
    public static TreeInput Of(IReadOnlyList<TokenTree> rows, int beginning, Device device)
    {
        int width = rows.Max(row => row.Length) - beginning;
        long[] ids = new long[rows.Count * width];
        for (int row = 0; row < rows.Count; row++)
        {
            for (int node = beginning; node < rows[row].Length; node++)
            {
                ids[(row * width) + node - beginning] = rows[row].Tokens[node];
            }
        }

        Tensor input = tensor(ids, [rows.Count, width], dtype: ScalarType.Int64);
        return new TreeInput(input, rows.All(row => row.IsChain) ? null : LayoutOf(rows, beginning, width, device));
    }

    private static TokenLayout LayoutOf(IReadOnlyList<TokenTree> rows, int beginning, int width, Device device)
    {
        long[] positions = new long[rows.Count * width];
        bool[] seen = new bool[rows.Count * width * width];
        for (int row = 0; row < rows.Count; row++)
        {
            Span<bool> rowSeen = seen.AsSpan(row * width * width, width * width);
            for (int place = 0; place < width; place++)
            {
                int node = place + beginning;
                rowSeen[(place * width) + place] = true; // padding sees itself: a token that sees nothing would be NaN
                if (node < rows[row].Length)
                {
                    positions[(row * width) + place] = rows[row].Positions[node];
                    int parent = rows[row].Parents[node] - beginning;
                    if (parent >= 0)
                    {
                        Span<bool> known = rowSeen.Slice(parent * width, place);
                        for (int earlier = 0; earlier < place; earlier++)
                        {
                            rowSeen[(place * width) + earlier] |= known[earlier];
                        }
                    }
                }
            }
        }

        return new TokenLayout(
            tensor(positions, [rows.Count, width], dtype: ScalarType.Int64, device: device),
            tensor(seen, [rows.Count, width, width], dtype: ScalarType.Bool, device: device),
            rows.Max(row => row.Deepest));
    }
}
