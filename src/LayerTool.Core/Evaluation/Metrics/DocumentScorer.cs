using System.Collections.Immutable;
using System.Text;
using LayerTool.Evaluation.Tasks;
using LayerTool.Faults;

namespace LayerTool.Evaluation.Metrics;

/// <summary>Turns a model's answers to a document into its metrics, as the harness does.</summary>
/// <param name="task">The task.</param>
public sealed class DocumentScorer(EvaluationTask task)
{
    private const string NoFilter = "none";

    private readonly ExactMatch _exactMatch = new(task.ExactMatch);

    /// <summary>Scores one document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="answers">An answer for each of its requests.</param>
    public DocumentResult Score(PreparedDocument document, ImmutableArray<RequestAnswer> answers)
    {
        ImmutableArray<(string Filter, string Text)> filtered = task.Output == OutputType.GenerateUntil
            ? [.. task.Filters.Select(filter => (filter.Name, filter.Apply(answers[0].Text!)))]
            : [];
        IEnumerable<string> filters = filtered.IsEmpty ? [NoFilter] : filtered.Select(pair => pair.Filter);
        return new DocumentResult(
            document,
            answers,
            filtered,
            [
                .. filters.SelectMany(filter => task.Metrics.Select(metric => (metric, filter, task.Output switch
                {
                    OutputType.LogLikelihood => OfLikelihood(metric, answers[0]),
                    OutputType.Rolling => OfText(metric, document.Document, answers[0]),
                    OutputType.MultipleChoice => OfChoices(metric, document.Document, answers),
                    _ => OfAnswer(metric, document.Document, filtered.First(pair => pair.Filter == filter).Text),
                }))),
            ]);
    }

    private MetricValue OfLikelihood(MetricKind metric, RequestAnswer answer) => metric switch
    {
        MetricKind.Perplexity => new MetricValue(answer.LogLikelihood),
        MetricKind.Accuracy => new MetricValue(answer.IsGreedy ? 1 : 0),
        _ => throw Unfit(metric),
    };

    private MetricValue OfText(MetricKind metric, TaskDocument document, RequestAnswer answer)
    {
        TextSize size = TextSize.Of(task.CountedText?.Invoke(document.Row) ?? document.Target.ToString());
        return metric switch
        {
            MetricKind.WordPerplexity => new MetricValue(answer.LogLikelihood, size.Words),
            MetricKind.BytePerplexity or MetricKind.BitsPerByte => new MetricValue(answer.LogLikelihood, size.Bytes),
            MetricKind.TokenPerplexity => new MetricValue(answer.LogLikelihood, answer.Tokens),
            _ => throw Unfit(metric),
        };
    }

    private MetricValue OfChoices(MetricKind metric, TaskDocument document, ImmutableArray<RequestAnswer> answers)
    {
        ImmutableArray<string> choices = document.Choices;
        double[] likelihoods = [.. answers.Take(choices.Length).Select(answer => answer.LogLikelihood)];
        int gold = document.Gold.IsEmpty ? -1 : document.Gold[0];
        MetricValue Right(int prediction) => new(document.Gold.Contains(prediction) ? 1 : 0);
        return metric switch
        {
            MetricKind.Accuracy => Right(Predictions.Plain(likelihoods)),
            MetricKind.AccuracyByCharacters => Right(Predictions.PerUnit(likelihoods, choices.Select(choice => choice.EnumerateRunes().Count()))),
            MetricKind.AccuracyByBytes => Right(Predictions.PerUnit(likelihoods, choices.Select(Encoding.UTF8.GetByteCount))),
            MetricKind.AccuracyByMutualInformation =>
                Right(Predictions.MutualInformation(likelihoods, [.. answers.Skip(choices.Length).Select(answer => answer.LogLikelihood)])),
            MetricKind.ExactMatch => new MetricValue(document.Gold.Any(choice => answers[choice].IsGreedy) ? 1 : 0),
            MetricKind.BrierScore => new MetricValue(Predictions.Brier(likelihoods, gold)),
            MetricKind.F1 or MetricKind.Matthews => new MetricValue(gold, Predictions.Plain(likelihoods)),
            _ => throw Unfit(metric),
        };
    }

    private MetricValue OfAnswer(MetricKind metric, TaskDocument document, string answer) => metric == MetricKind.ExactMatch
        ? new MetricValue(_exactMatch.IsMatch(answer, Targets(document)) ? 1 : 0)
        : throw Unfit(metric);

    // A number names a choice where there are choices; else it is the text itself.
    private static IEnumerable<string> Targets(TaskDocument document) => !document.Target.Texts.IsEmpty
        ? document.Target.Texts
        : document.Choices.IsEmpty ? [document.Target.ToString()] : document.Gold.Select(choice => document.Choices[choice]);

    private LayerToolException Unfit(MetricKind metric) => new(
        $"task `{task.Name}`: the metric `{metric.Name()}` cannot be taken of its kind of answers", "change `metric_list` or `output_type`");
}
