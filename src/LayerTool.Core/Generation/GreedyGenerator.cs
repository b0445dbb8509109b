using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Generation;

/// <summary>
/// Greedy decoding: at each step the token with the largest logit (the first one on a tie), for several prompts at once, which
/// are padded on the left so that each gives the same as alone.
/// </summary>
public static class GreedyGenerator
{
    /// <summary>A token and how sure it was.</summary>
    /// <param name="Token">Its id.</param>
    /// <param name="Margin">Distance of the two largest logits.</param>
    public readonly record struct Choice(int Token, double Margin);

    /// <summary>Extends each prompt.</summary>
    /// <param name="decoder">Runs the plan.</param>
    /// <param name="plan">What is played.</param>
    /// <param name="prompts">Token ids, one list a prompt; none empty.</param>
    /// <param name="count">Most new tokens.</param>
    /// <param name="stop">Tokens that end a row; the token itself is not part of the result.</param>
    /// <param name="cached">Whether keys and values are kept, or the whole prefix is run anew for each token.</param>
    /// <param name="onToken">Called with row and token as they come.</param>
    /// <param name="cancellation">Checked before each step.</param>
    /// <returns>The new tokens of each prompt.</returns>
    public static IReadOnlyList<IReadOnlyList<Choice>> Generate(
        Decoder decoder,
        LayerPlan plan,
        IReadOnlyList<IReadOnlyList<int>> prompts,
        int count,
        IReadOnlySet<int>? stop = null,
        bool cached = true,
        Action<int, int>? onToken = null,
        CancellationToken cancellation = default)
    {
        if (prompts.Any(prompt => prompt.Count == 0))
        {
            throw new LayerToolException("the prompt has no tokens", "give some text, or a tokenizer that begins a text with a token of its own");
        }

        using DisposeScope scope = NewDisposeScope();
        using KvCache cache = new(expectedLength: prompts.Max(prompt => prompt.Count) + count);
        List<Choice>[] rows = [.. prompts.Select(_ => new List<Choice>())];
        bool[] ended = new bool[prompts.Count];
        (Tensor step, Tensor padding) = TokenRows.Pad(prompts, left: true);
        Tensor? mask = prompts.All(prompt => prompt.Count == prompts[0].Count) ? null : padding;
        for (int done = 0; done < count && !ended.All(end => end); done++)
        {
            cancellation.ThrowIfCancellationRequested();
            using DisposeScope stepScope = NewDisposeScope();
            Tensor logits = decoder.Forward(plan, step, mask, cached ? cache : null, lastOnly: true);
            (Tensor values, Tensor tokens) = LargestTwo(logits.select(1, -1)); // [B, 2]
            float[] best = values.data<float>().ToArray();
            long[] chosen = tokens.data<long>().ToArray();
            long[] next = new long[prompts.Count];
            for (int row = 0; row < next.Length; row++)
            {
                if (float.IsNaN(best[2 * row]))
                {
                    throw new LayerToolException(
                        $"the logits of new token {done} are not numbers: a weight or a state is NaN",
                        "`layertool score` names the layer where it begins");
                }

                next[row] = chosen[2 * row];
                ended[row] |= stop?.Contains((int)next[row]) == true;
                if (!ended[row])
                {
                    rows[row].Add(new Choice((int)next[row], best[2 * row] - best[(2 * row) + 1]));
                    onToken?.Invoke(row, (int)next[row]);
                }
            }

            Tensor added = tensor(next, [next.Length, 1], dtype: ScalarType.Int64);
            step = cached ? added : cat([step, added], 1);
            stepScope.MoveToOuter(step);
            if (mask is not null)
            {
                mask = cat([mask, ones_like(added)], 1);
                stepScope.MoveToOuter(mask);
            }
        }

        return rows;
    }

    /// <summary>The two largest logits of each row, the first index on a tie: values and tokens, [B, 2].</summary>
    private static (Tensor Values, Tensor Tokens) LargestTwo(Tensor logits)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = logits.to(ScalarType.Float32).cpu();
        Tensor first = wide.argmax(-1, keepdim: true);
        Tensor rest = wide.scatter(-1, first, full_like(first, float.NegativeInfinity, dtype: ScalarType.Float32));
        Tensor second = rest.argmax(-1, keepdim: true);
        Tensor tokens = cat([first, second], -1);
        return (wide.gather(-1, tokens).contiguous().MoveToOuterDisposeScope(), tokens.MoveToOuterDisposeScope());
    }
}
