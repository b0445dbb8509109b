namespace LayerTool.Evaluation.Speed;

/// <summary>Where measured values lie.</summary>
/// <param name="Median">The middle.</param>
/// <param name="Low">The first quartile.</param>
/// <param name="High">The third quartile.</param>
public readonly record struct Spread(double Median, double Low, double High)
{
    private const double Confidence = 0.95;

    /// <summary>Median and quartiles.</summary>
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new Spread(Quantile(sorted, 0.5), Quantile(sorted, 0.25), Quantile(sorted, 0.75));
    }

    /// <summary>
    /// Median of ratios that were measured in pairs, with an interval that holds the true one with 95 % confidence, whatever their
    /// distribution (order statistics); with fewer than six it is their whole range.
    /// </summary>
    public static Spread OfPairs(IEnumerable<double> ratios)
    {
        double[] sorted = [.. ratios.Order()];
        int outside = 0;
        double tail = 0, term = Math.Pow(0.5, sorted.Length); // P(fewer than `outside` + 1 values lie below the true median)
        while (outside < sorted.Length / 2 && (tail += term) <= (1 - Confidence) / 2)
        {
            outside++;
            term *= (double)(sorted.Length - outside + 1) / outside;
        }

        int left = Math.Max(0, outside - 1);
        return new Spread(Quantile(sorted, 0.5), sorted[left], sorted[^(left + 1)]);
    }

    private static double Quantile(double[] sorted, double part)
    {
        double place = part * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
