using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Rotary position embedding (Su et al.): pairs of the first r dimensions of a head turn by p · ω_i, ω_i = θ^(−2i/r), with the scalings
/// of <see cref="RopeConfig"/>. Pairs are (i, i + r/2), or (2i, 2i + 1) where interleaved. Tables are made in float32 and cast once.
/// </summary>
internal static class RotaryEmbedding
{
    /// <summary>cos and signed sin of each position's angles.</summary>
    /// <param name="rope">Base and scaling.</param>
    /// <param name="positions">[B or 1, T], int64.</param>
    /// <param name="length">Largest position of the batch + 1: some scalings depend on it.</param>
    /// <param name="dtype">Type of the tables.</param>
    /// <returns>
    /// Two tensors [B or 1, 1, T, r]: cos, and sin with the sign of <see cref="Rotate"/>'s swapped pairs folded in.
    /// </returns>
    public static (Tensor Cos, Tensor Sin) Tables(RopeConfig rope, Tensor positions, long length, ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor frequencies = tensor(Frequencies(rope, length), dtype: ScalarType.Float32, device: positions.device);
        Tensor angles = positions.to(ScalarType.Float32).unsqueeze(-1) * frequencies; // [B, T, r/2]
        Tensor cos = angles.cos() * (float)rope.AttentionFactor;
        Tensor sin = angles.sin() * (float)rope.AttentionFactor;
        Tensor Pairs(Tensor first, Tensor second) => (rope.Interleaved ? stack([first, second], -1).flatten(-2) : cat([first, second], -1)).unsqueeze(1).to(dtype);

        return (Pairs(cos, cos).MoveToOuterDisposeScope(), Pairs(-sin, sin).MoveToOuterDisposeScope());
    }

    /// <summary>x · cos + swap(x) · sin over the first r dimensions: turns each pair of a head.</summary>
    /// <param name="heads">[B, heads, T, D].</param>
    /// <param name="tables">Of <see cref="Tables"/>.</param>
    /// <param name="rope">What they were made by.</param>
    public static Tensor Rotate(Tensor heads, (Tensor Cos, Tensor Sin) tables, RopeConfig rope)
    {
        using DisposeScope scope = NewDisposeScope();
        bool whole = rope.Width == heads.size(-1);
        Tensor turning = whole ? heads : heads.narrow(-1, 0, rope.Width);
        Tensor swapped = rope.Interleaved ? turning.SplitLast(rope.Width / 2, 2).flip(-1).flatten(-2) : turning.roll(rope.Width / 2, -1);
        Tensor turned = turning.dtype == ScalarType.Float32
            ? (turning * tables.Cos).addcmul(swapped, tables.Sin, 1)
            : (turning * tables.Cos) + (swapped * tables.Sin); // in 16 bits each product is rounded, as in transformers
        return (whole ? turned : cat([turned, heads.narrow(-1, rope.Width, heads.size(-1) - rope.Width)], -1)).MoveToOuterDisposeScope();
    }

    /// <summary>ω of each of the r/2 pairs.</summary>
    internal static float[] Frequencies(RopeConfig rope, long length)
    {
        int width = rope.Width;
        double theta = rope.Theta;
        if (rope.Kind == RopeKind.Dynamic)
        {
            double grown = Math.Max(length, rope.OriginalContextLength);
            theta *= Math.Pow((rope.Factor * grown / rope.OriginalContextLength) - (rope.Factor - 1), width / (width - 2.0));
        }

        float[] frequencies = new float[width / 2];
        for (int pair = 0; pair < frequencies.Length; pair++)
        {
            double plain = Math.Pow(theta, -2.0 * pair / width);
            frequencies[pair] = (float)(rope.Kind switch
            {
                RopeKind.Linear => plain / rope.Factor,
                RopeKind.Llama3 => Llama3(rope, plain),
                RopeKind.Yarn => Yarn(rope, plain, pair),
                RopeKind.LongRope => plain / (length <= rope.OriginalContextLength ? rope.Factors!.Short : rope.Factors!.Long)[pair],
                RopeKind.Proportional when pair >= rope.TurnedPairs => 0,
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

    private static double Yarn(RopeConfig rope, double plain, int pair)
    {
        double Dimension(double rotations) =>
            rope.Width * Math.Log(rope.OriginalContextLength / (rotations * 2 * Math.PI)) / (2 * Math.Log(rope.Theta));

        double low = Dimension(rope.BetaFast);
        double high = Dimension(rope.BetaSlow);
        if (rope.Truncate)
        {
            low = Math.Floor(low);
            high = Math.Ceiling(high);
        }

        low = Math.Max(low, 0);
        high = Math.Min(high, rope.Width - 1);
        double width = high == low ? 0.001 : high - low;
        double ramp = Math.Clamp((pair - low) / width, 0, 1);
        return (plain / rope.Factor * ramp) + (plain * (1 - ramp));
    }
}
