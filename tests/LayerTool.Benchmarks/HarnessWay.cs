using LayerTool.Evaluation;
using LayerTool.Evaluation.Likelihood;
using LayerTool.Models;
using LayerTool.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Benchmarks;

/// <summary>
/// The same engine used as lm-evaluation-harness uses one: each request alone, sorted by length, padded at the right, eight side by
/// side, logits of every token. Kept as what the shared way is measured against.
/// </summary>
internal static class HarnessWay
{
    private const int BatchSize = 8;

    /// <summary>The answers, and the tokens that were computed, padding among them.</summary>
    public static (LikelihoodAnswer[] Answers, long Tokens) Score(Decoder decoder, LayerPlan plan, IReadOnlyList<TokenWindow> windows)
    {
        using IDisposable mode = no_grad();
        LikelihoodAnswer[] answers = new LikelihoodAnswer[windows.Count];
        long tokens = 0;
        foreach (int[] batch in Enumerable.Range(0, windows.Count).OrderByDescending(window => windows[window].InputLength).Chunk(BatchSize))
        {
            using DisposeScope scope = NewDisposeScope();
            int longest = batch.Max(window => windows[window].InputLength);
            tokens += (long)batch.Length * longest;
            long[] ids = new long[batch.Length * longest];
            for (int row = 0; row < batch.Length; row++)
            {
                ReadOnlySpan<int> input = windows[batch[row]].Ids.Span[..^1];
                for (int place = 0; place < input.Length; place++)
                {
                    ids[(row * longest) + place] = input[place];
                }
            }

            Tensor logits = decoder.Forward(plan, tensor(ids, [batch.Length, longest], dtype: ScalarType.Int64));
            Tensor probabilities = nn.functional.log_softmax(logits, -1); // [B, T, V]
            for (int row = 0; row < batch.Length; row++)
            {
                answers[batch[row]] = Answer(probabilities[row], windows[batch[row]]);
            }
        }

        return (answers, tokens);
    }

    private static LikelihoodAnswer Answer(Tensor probabilities, TokenWindow window)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] targets = [.. window.Ids.ToArray()[^window.Predicted..].Select(id => (long)id)];
        Tensor rows = probabilities.narrow(0, window.InputLength - window.Predicted, window.Predicted);
        Tensor wanted = tensor(targets, [targets.Length, 1], dtype: ScalarType.Int64);
        double sum = rows.gather(1, wanted).to(ScalarType.Float64).sum().item<double>();
        bool greedy = rows.argmax(-1).eq(wanted.squeeze(1)).all().item<bool>();
        return new LikelihoodAnswer(sum, greedy);
    }
}
