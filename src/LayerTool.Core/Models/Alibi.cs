using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>Attention with linear biases (Press, Smith, Lewis): each head h adds m_h · p to the score of a key at position p.</summary>
internal static class Alibi
{
    /// <summary>The bias of each key: [B or 1, heads, 1, S], float32.</summary>
    /// <param name="kind">How slopes are laid over the heads.</param>
    /// <param name="heads">Number of query heads.</param>
    /// <param name="scale">Factor on the scores, which Falcon's bias gets too; that counts twice: it is in the scores and again in the mask (transformers, eager).</param>
    /// <param name="positions">[B or 1, S], int64.</param>
    public static Tensor Bias(AlibiKind kind, int heads, double scale, Tensor positions)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor slopes = tensor(Slopes(kind, heads), dtype: ScalarType.Float32, device: positions.device).view(1, heads, 1, 1);
        Tensor places = positions.to(ScalarType.Float32).unsqueeze(1).unsqueeze(1); // [B or 1, 1, 1, S]
        if (kind == AlibiKind.Falcon)
        {
            Tensor coarse = slopes.to(ScalarType.BFloat16).to(ScalarType.Float32) * places;
            return (2 * scale * coarse.to(ScalarType.BFloat16).to(ScalarType.Float32)).MoveToOuterDisposeScope();
        }

        return (slopes * places).MoveToOuterDisposeScope();
    }

    /// <summary>m of each head.</summary>
    internal static float[] Slopes(AlibiKind kind, int heads)
    {
        if (kind == AlibiKind.Mpt)
        {
            int next = 1;
            while (next < heads)
            {
                next *= 2;
            }

            IEnumerable<int> order = Enumerable.Range(1, next);
            return [.. (next == heads ? order : order.Where(head => head % 2 == 0).Concat(order.Where(head => head % 2 == 1))).Take(heads).Select(head => Power(-8.0 * head / next))];
        }

        int whole = 1;
        while (whole * 2 <= heads)
        {
            whole *= 2;
        }

        return
        [
            .. Enumerable.Range(1, whole).Select(head => Power(-8.0 * head / whole)),
            .. Enumerable.Range(0, heads - whole).Select(extra => Power(-4.0 * ((2 * extra) + 1) / whole)),
        ];
    }

    private static float Power(double exponent) => (float)Math.Pow(2, exponent);
}
