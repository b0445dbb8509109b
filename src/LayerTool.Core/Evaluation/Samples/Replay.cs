using System.Collections.Immutable;
using LayerTool.Evaluation.Metrics;
using LayerTool.Evaluation.Tasks;

namespace LayerTool.Evaluation.Samples;

/// <summary>Answers of this program beside those of a file of samples.</summary>
/// <param name="Requests">Requests that were asked.</param>
/// <param name="Largest">The request whose likelihoods are farthest apart; null where the model wrote.</param>
/// <param name="Beyond">Requests that are farther apart than sums of float32 in another order.</param>
/// <param name="Flipped">Documents whose prediction is another: the likeliest answer, whether the only one is the model's own, or the text.</param>
public sealed record Replay(int Requests, ReplayDifference? Largest, int Beyond, ImmutableArray<int> Flipped)
{
    private const double AbsoluteTolerance = 1e-3;
    private const double RelativeTolerance = 1e-5;

    /// <summary>Compares the two.</summary>
    /// <param name="samples">What was logged.</param>
    /// <param name="result">What came out here.</param>
    public static Replay Compare(LoggedSamples samples, TaskResult result)
    {
        ReplayDifference? largest = null;
        int requests = 0, beyond = 0;
        List<int> flipped = [];
        for (int index = 0; index < result.Documents.Length; index++)
        {
            ImmutableArray<RequestAnswer> logged = samples.Answers[index], own = result.Documents[index].Answers;
            int document = result.Documents[index].Document.Id;
            for (int request = 0; request < own.Length; request++)
            {
                requests++;
                ReplayDifference difference = new(document, request, logged[request].LogLikelihood, own[request].LogLikelihood);
                largest = largest is null || difference.Size > largest.Size ? difference : largest;
                beyond += difference.Size > AbsoluteTolerance + (RelativeTolerance * Math.Abs(difference.Logged)) ? 1 : 0;
            }

            if (samples.Task.Task.Output != OutputType.Rolling && IsFlipped(logged, own))
            {
                flipped.Add(document);
            }
        }

        return new Replay(requests, samples.Task.Task.Output == OutputType.GenerateUntil ? null : largest, beyond, [.. flipped]);
    }

    private static bool IsFlipped(ImmutableArray<RequestAnswer> logged, ImmutableArray<RequestAnswer> own)
    {
        if (own.Length == 1)
        {
            return own[0].Text is not null ? own[0].Text != logged[0].Text : own[0].IsGreedy != logged[0].IsGreedy;
        }

        return Predictions.Plain([.. logged.Select(answer => answer.LogLikelihood)]) != Predictions.Plain([.. own.Select(answer => answer.LogLikelihood)]);
    }
}
