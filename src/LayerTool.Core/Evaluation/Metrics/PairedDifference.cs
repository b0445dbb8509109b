using LayerTool.Evaluation.Tasks;

namespace LayerTool.Evaluation.Metrics;

/// <summary>
/// How much a metric differs between two plans on the same documents. What both find hard or easy alike cancels, so the interval is
/// far narrower than those of the two values.
/// </summary>
/// <param name="Metric">The metric.</param>
/// <param name="Filter">The filter.</param>
/// <param name="Difference">Second less first.</param>
/// <param name="Low">Lower end of the 95 % interval; null where there are too few documents.</param>
/// <param name="High">Upper end.</param>
/// <param name="Gained">Documents that are right under the second alone; null where documents are not right or wrong.</param>
/// <param name="Lost">Documents that are right under the first alone.</param>
public sealed record PairedDifference(MetricKind Metric, string Filter, double Difference, double? Low, double? High, int? Gained, int? Lost)
{
    private const double Quantile = 1.959963984540054; // of 95 % on both sides

    /// <summary>Name of the metric as in results.</summary>
    public string Key => $"{Metric.Name()},{Filter}";

    /// <summary>Compares two results of one task.</summary>
    /// <param name="first">Under the first plan.</param>
    /// <param name="second">Under the second.</param>
    /// <param name="metric">A metric of both.</param>
    public static PairedDifference Of(TaskResult first, TaskResult second, MetricResult metric)
    {
        MetricValue[] before = [.. first.Documents.Select(document => document.Value(metric.Metric, metric.Filter))];
        MetricValue[] after = [.. second.Documents.Select(document => document.Value(metric.Metric, metric.Filter))];
        double valueBefore = Aggregation.Of(metric.Metric, before), valueAfter = Aggregation.Of(metric.Metric, after);
        PairedDifference plain = new(metric.Metric, metric.Filter, valueAfter - valueBefore, null, null, null, null);
        return metric.Metric switch
        {
            _ when before.Length < 2 => plain,
            MetricKind.F1 or MetricKind.Matthews => plain,
            MetricKind.Perplexity => OfLogarithm(plain, valueBefore, [.. before.Zip(after, (left, right) => (left.Value - right.Value, 1.0))]),
            MetricKind.WordPerplexity or MetricKind.BytePerplexity or MetricKind.TokenPerplexity =>
                OfLogarithm(plain, valueBefore, [.. before.Zip(after, (left, right) => (left.Value - right.Value, left.Other))]),
            MetricKind.BitsPerByte => OfRatio(plain, [.. before.Zip(after, (left, right) => ((left.Value - right.Value) / Math.Log(2), left.Other))]),
            _ => OfMeans(plain, before, after),
        };
    }

    private static PairedDifference OfMeans(PairedDifference plain, MetricValue[] before, MetricValue[] after)
    {
        bool binary = before.Concat(after).All(value => value.Value is 0 or 1);
        PairedDifference result = OfRatio(plain, [.. before.Zip(after, (left, right) => (right.Value - left.Value, 1.0))]);
        return binary
            ? result with
            {
                Gained = before.Zip(after).Count(pair => pair.First.Value < pair.Second.Value),
                Lost = before.Zip(after).Count(pair => pair.First.Value > pair.Second.Value),
            }
            : result;
    }

    // Of the sum of differences over the sum of units, by the delta method.
    private static PairedDifference OfRatio(PairedDifference plain, (double Difference, double Units)[] documents)
    {
        double error = Error(documents, out double mean);
        return plain with { Low = mean - (Quantile * error), High = mean + (Quantile * error) };
    }

    // Perplexities: the interval of the loss, carried through the exponential.
    private static PairedDifference OfLogarithm(PairedDifference plain, double before, (double Difference, double Units)[] documents)
    {
        double error = Error(documents, out double mean);
        return plain with
        {
            Low = before * (Math.Exp(mean - (Quantile * error)) - 1),
            High = before * (Math.Exp(mean + (Quantile * error)) - 1),
        };
    }

    private static double Error((double Difference, double Units)[] documents, out double mean)
    {
        double units = documents.Sum(document => document.Units);
        double ratio = documents.Sum(document => document.Difference) / units;
        mean = ratio;
        return Aggregation.Deviation([.. documents.Select(document => document.Difference - (ratio * document.Units))]) * Math.Sqrt(documents.Length) / units;
    }
}
