namespace LayerTool.Evaluation.Metrics;

/// <summary>One document's part of a metric.</summary>
/// <param name="Value">The value; of perplexities the log-likelihood, of F1 and the Matthews correlation the gold.</param>
/// <param name="Other">Of weighted perplexities the words, bytes or tokens; of F1 and the Matthews correlation the prediction.</param>
public readonly record struct MetricValue(double Value, double Other = 1);
