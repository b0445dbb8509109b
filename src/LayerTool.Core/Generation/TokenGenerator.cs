using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Generation;

/// <summary>
/// Continues token ids, several prompts at once, which are padded on the left so that each gives the same as alone.
/// </summary>
public static class TokenGenerator
{
    /// <summary>Extends each prompt.</summary>
    /// <param name="decoder">Runs the plan.</param>
    /// <param name="plan">What is played.</param>
    /// <param name="prompts">Token ids, one list a prompt; at least one, none empty.</param>
    /// <param name="settings">How tokens are chosen, and when a text ends.</param>
    /// <param name="onToken">Told row and token as they come; says whether the row goes on.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    /// <returns>The new tokens of each prompt.</returns>
    /// <exception cref="LayerToolException">A prompt is empty, or the logits are not finite.</exception>
    public static IReadOnlyList<IReadOnlyList<TokenChoice>> Generate(
        Decoder decoder,
        LayerPlan plan,
        IReadOnlyList<IReadOnlyList<int>> prompts,
        GenerationSettings settings,
        Func<int, int, bool>? onToken = null,
        CancellationToken cancellation = default)
    {
        if (prompts.Any(prompt => prompt.Count == 0))
        {
            throw new LayerToolException("the prompt has no tokens", "give some text, or a tokenizer that begins a text with a token of its own");
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        int longest = prompts.Max(prompt => prompt.Count);
        using KvCache cache = new(expectedLength: (int)Math.Min((long)longest + settings.Count, Math.Max(longest, decoder.Config.ContextLength)));
        SlotWatch watch = new(cancellation);
        Sampler sampler = new(settings.Sampling);
        Row[] rows = Rows(prompts, settings.Sampling.Seed);
        (Tensor step, Tensor padding) = TokenRows.Pad(prompts, left: true);
        Tensor? mask = prompts.All(prompt => prompt.Count == longest) ? null : padding;
        for (int done = 0; done < settings.Count && !rows.All(row => row.Ended); done++)
        {
            using DisposeScope stepScope = NewDisposeScope();
            Tensor logits = decoder.Forward(plan, step, mask, settings.Cached ? cache : null, watch, lastOnly: true).select(1, -1); // [B, V]
            float[] values = logits.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
            int vocabulary = values.Length / rows.Length;
            long[] next = new long[rows.Length]; // an ended row goes on with token 0, which nobody reads
            for (int index = 0; index < rows.Length; index++)
            {
                Row row = rows[index];
                if (row.Ended)
                {
                    continue;
                }

                ReadOnlySpan<float> own = values.AsSpan(index * vocabulary, vocabulary);
                double margin = Margin(own, done);
                int token = sampler.Choose(own, row.Seen, row.Random);
                next[index] = token;
                row.Ended = settings.StopTokens.Contains(token);
                if (!row.Ended)
                {
                    row.Tokens.Add(new TokenChoice(token, margin));
                    row.Seen.Add(token);
                    row.Ended = onToken?.Invoke(index, token) == false;
                }
            }

            Tensor added = tensor(next, [next.Length, 1], dtype: ScalarType.Int64);
            step = settings.Cached ? added : cat([step, added], 1);
            stepScope.MoveToOuter(step);
            if (mask is not null)
            {
                mask = cat([mask, ones_like(added)], 1);
                stepScope.MoveToOuter(mask);
            }
        }

        return [.. rows.Select(row => row.Tokens)];
    }

    // Equal prompts draw from different streams, others each from the first: so a row draws the same alone.
    private static Row[] Rows(IReadOnlyList<IReadOnlyList<int>> prompts, long seed)
    {
        Dictionary<string, int> streams = new(StringComparer.Ordinal);
        return
        [
            .. prompts.Select(prompt =>
            {
                string key = string.Join(' ', prompt);
                int stream = streams.GetValueOrDefault(key);
                streams[key] = stream + 1;
                return new Row([], [.. prompt], new RandomStream(seed, stream));
            }),
        ];
    }

    /// <summary>Distance of the two largest logits.</summary>
    private static double Margin(ReadOnlySpan<float> logits, int done)
    {
        float largest = float.NegativeInfinity, second = float.NegativeInfinity;
        bool numbers = true;
        foreach (float logit in logits)
        {
            numbers &= !float.IsNaN(logit);
            if (logit > largest)
            {
                (largest, second) = (logit, largest);
            }
            else if (logit > second)
            {
                second = logit;
            }
        }

        return numbers && float.IsFinite(largest)
            ? largest - second
            : throw new LayerToolException(
                $"the logits of new token {done} are not finite: a weight or a state is NaN or infinite", "`layertool score` names the layer where it begins");
    }

    private sealed record Row(List<TokenChoice> Tokens, HashSet<int> Seen, RandomStream Random)
    {
        public bool Ended { get; set; }
    }
}
