using LayerTool.Evaluation.Tasks;
using LayerTool.Python;

namespace LayerTool.Evaluation.Metrics;

/// <summary>One number of many documents, and how sure it is.</summary>
public static class Aggregation
{
    private const int Chunk = 1000;

    /// <summary>The metric over all documents.</summary>
    public static double Of(MetricKind metric, IReadOnlyList<MetricValue> values) => metric switch
    {
        MetricKind.Perplexity => Math.Exp(-values.Average(value => value.Value)),
        MetricKind.WordPerplexity or MetricKind.BytePerplexity or MetricKind.TokenPerplexity => Math.Exp(-PerUnit(values)),
        MetricKind.BitsPerByte => -PerUnit(values) / Math.Log(2),
        MetricKind.F1 => F1(values),
        MetricKind.Matthews => Matthews(values),
        _ => values.Average(value => value.Value),
    };

    /// <summary>
    /// Its standard error: by formula for means, by the harness's bootstrap for what is no mean of documents; null where the harness
    /// has none, and of one document.
    /// </summary>
    /// <param name="metric">The metric.</param>
    /// <param name="values">The documents.</param>
    /// <param name="iterations">Bootstrap replicates; with 0 there is no standard error at all.</param>
    public static double? StandardError(MetricKind metric, IReadOnlyList<MetricValue> values, int iterations)
    {
        if (values.Count < 2 || iterations == 0)
        {
            return null;
        }

        return metric switch
        {
            MetricKind.WordPerplexity or MetricKind.BytePerplexity or MetricKind.BitsPerByte or MetricKind.TokenPerplexity or MetricKind.BrierScore => null,
            MetricKind.Perplexity or MetricKind.F1 or MetricKind.Matthews => Bootstrap(metric, values, iterations),
            _ => Deviation([.. values.Select(value => value.Value)]) / Math.Sqrt(values.Count),
        };
    }

    /// <summary>Pooled standard error of a group of tasks.</summary>
    /// <param name="members">Standard error and number of documents of each task.</param>
    public static double Pooled(IReadOnlyList<(double Error, int Count)> members)
    {
        double total = members.Sum(member => member.Count);
        double variance = members.Sum(member => (member.Count - 1) * member.Error * member.Error * member.Count) / (total - members.Count);
        return Math.Sqrt(variance / total);
    }

    /// <summary>Sample standard deviation, n − 1.</summary>
    internal static double Deviation(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    // Each thousand replicates have a generator of their own, so that the harness can make them side by side, and so do we.
    private static double Bootstrap(MetricKind metric, IReadOnlyList<MetricValue> values, int iterations)
    {
        int size = Math.Min(Chunk, iterations);
        MetricValue[] all = [.. values];
        double[] replicates = new double[iterations / size * size];
        Parallel.For(0, iterations / size, chunk =>
        {
            PythonRandom random = new(chunk);
            int[] drawn = new int[all.Length];
            MetricValue[] sample = new MetricValue[all.Length];
            for (int index = 0; index < size; index++)
            {
                random.Choices(all.Length, drawn);
                double sum = 0;
                for (int place = 0; place < drawn.Length; place++)
                {
                    sample[place] = all[drawn[place]];
                    sum += sample[place].Value;
                }

                replicates[(chunk * size) + index] = metric == MetricKind.Perplexity ? Math.Exp(-sum / all.Length) : Of(metric, sample);
            }
        });
        return Deviation(replicates);
    }

    private static double PerUnit(IReadOnlyList<MetricValue> values) => values.Sum(value => value.Value) / values.Sum(value => value.Other);

    private static double F1(IReadOnlyList<MetricValue> values)
    {
        double hits = values.Count(value => value is { Value: 1, Other: 1 });
        double named = values.Count(value => value.Value == 1) + values.Count(value => value.Other == 1);
        return named == 0 ? 0 : 2 * hits / named;
    }

    // Gorodkin's form for any number of classes.
    private static double Matthews(IReadOnlyList<MetricValue> values)
    {
        double total = values.Count;
        double right = values.Count(value => value.Value == value.Other);
        double[] classes = [.. values.SelectMany(value => (double[])[value.Value, value.Other]).Distinct()];
        double Covariance(Func<MetricValue, double> left, Func<MetricValue, double> other) =>
            (total * total) - classes.Sum(name => (double)values.Count(value => left(value) == name) * values.Count(value => other(value) == name));

        double both = (right * total) - ((total * total) - Covariance(value => value.Value, value => value.Other));
        double spread = Math.Sqrt(Covariance(value => value.Value, value => value.Value) * Covariance(value => value.Other, value => value.Other));
        return spread == 0 ? 0 : both / spread;
    }
}
