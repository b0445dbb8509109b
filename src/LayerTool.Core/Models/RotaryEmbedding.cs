using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Rotary position embedding (Su et al.), half-split: pairs (i, i + d/2) turn by p · ω_i, ω_i = θ^(−2i/d), with the scalings of
/// <see cref="RopeConfig"/>. Tables are made in float32 and cast once.
/// </summary>
internal static class RotaryEmbedding
{
    /// <summary>cos and signed sin of each position's angles.</summary>
    /// <param name="rope">Base and scaling.</param>
    /// <param name="headDim">D.</param>
    /// <param name="positions">[B or 1, T], int64.</param>
    /// <param name="length">Largest position of the batch + 1: the dynamic scaling depends on it.</param>
    /// <param name="dtype">Type of the tables.</param>
    /// <returns>
    /// Two tensors [B or 1, 1, T, D]: cos, and sin with the sign of <see cref="Rotate"/>'s rolled half folded in (−sin, sin).
    /// </returns>
    public static (Tensor Cos, Tensor Sin) Tables(RopeConfig rope, int headDim, Tensor positions, long length, ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor frequencies = tensor(Frequencies(rope, headDim, length), dtype: ScalarType.Float32, device: positions.device);
        Tensor angles = positions.to(ScalarType.Float32).unsqueeze(-1) * frequencies; // [B, T, D/2]
        Tensor cos = angles.cos() * (float)rope.AttentionFactor;
        Tensor sin = angles.sin() * (float)rope.AttentionFactor;
        Tensor cosTable = cat([cos, cos], -1).unsqueeze(1).to(dtype);
        Tensor sinTable = cat([-sin, sin], -1).unsqueeze(1).to(dtype);
        return (cosTable.MoveToOuterDisposeScope(), sinTable.MoveToOuterDisposeScope());
    }

    /// <summary>x · cos + roll(x, D/2) · sin: turns each pair of a head.</summary>
    /// <param name="heads">[B, heads, T, D].</param>
    /// <param name="tables">Of <see cref="Tables"/>.</param>
    public static Tensor Rotate(Tensor heads, (Tensor Cos, Tensor Sin) tables)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor swapped = heads.roll(heads.size(-1) / 2, -1);
        return (heads * tables.Cos).addcmul(swapped, tables.Sin, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Ministral 3: the factor 1 + β ln(1 + ⌊p / M⌋) of each query, [B or 1, 1, T, 1].</summary>
    public static Tensor QueryScaling(RopeConfig rope, Tensor positions, ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor steps = (positions / (double)rope.OriginalContextLength).floor().to(ScalarType.Float32);
        Tensor factor = 1 + ((float)rope.QueryScalingBeta * (1 + steps).log());
        return factor.unsqueeze(1).unsqueeze(-1).to(dtype).MoveToOuterDisposeScope();
    }

    /// <summary>ω of each of the D/2 pairs.</summary>
    internal static float[] Frequencies(RopeConfig rope, int headDim, long length)
    {
        double theta = rope.Theta;
        if (rope.Kind == RopeKind.Dynamic)
        {
            double grown = Math.Max(length, rope.OriginalContextLength);
            theta *= Math.Pow((rope.Factor * grown / rope.OriginalContextLength) - (rope.Factor - 1), headDim / (headDim - 2.0));
        }

        float[] frequencies = new float[headDim / 2];
        for (int pair = 0; pair < frequencies.Length; pair++)
        {
            double plain = Math.Pow(theta, -2.0 * pair / headDim);
            frequencies[pair] = (float)(rope.Kind switch
            {
                RopeKind.Linear => plain / rope.Factor,
                RopeKind.Llama3 => Llama3(rope, plain),
                RopeKind.Yarn => Yarn(rope, plain, pair, headDim),
                _ => plain,
            });
        }

        return frequencies;
    }

    private static double Llama3(RopeConfig rope, double plain)
    {
        double wavelength = 2 * Math.PI / plain;
        if (wavelength > rope.OriginalContextLength / rope.LowFrequencyFactor)
        {
            return plain / rope.Factor;
        }

        if (wavelength < rope.OriginalContextLength / rope.HighFrequencyFactor)
        {
            return plain;
        }

        double share = ((rope.OriginalContextLength / wavelength) - rope.LowFrequencyFactor) / (rope.HighFrequencyFactor - rope.LowFrequencyFactor);
        return ((1 - share) * plain / rope.Factor) + (share * plain);
    }

    private static double Yarn(RopeConfig rope, double plain, int pair, int headDim)
    {
        double Dimension(double rotations) =>
            headDim * Math.Log(rope.OriginalContextLength / (rotations * 2 * Math.PI)) / (2 * Math.Log(rope.Theta));

        double low = Dimension(rope.BetaFast);
        double high = Dimension(rope.BetaSlow);
        if (rope.Truncate)
        {
            low = Math.Floor(low);
            high = Math.Ceiling(high);
        }

        low = Math.Max(low, 0);
        high = Math.Min(high, headDim - 1);
        double width = high == low ? 0.001 : high - low;
        double ramp = Math.Clamp((pair - low) / width, 0, 1);
        return (plain / rope.Factor * ramp) + (plain * (1 - ramp));
    }
}
