namespace LayerTool.Generation;

/// <summary>Chooses a token from logits.</summary>
internal sealed class Sampler(SamplingSettings settings)
{
    /// <summary>Chooses.</summary>
    /// <param name="logits">One a token; the largest is finite, none is NaN.</param>
    /// <param name="seen">Tokens of the text so far.</param>
    /// <param name="random">Gives one number where a token is drawn.</param>
    public int Choose(ReadOnlySpan<float> logits, IReadOnlySet<int> seen, RandomStream random)
    {
        float[] scores = Penalized(logits, seen);
        return settings.Temperature == 0 ? IndexOfLargest(scores) : Draw(Weights(scores), random);
    }

    /// <summary>The probability of each token.</summary>
    internal double[] Probabilities(ReadOnlySpan<float> logits, IReadOnlySet<int> seen)
    {
        double[] weights = Weights(Penalized(logits, seen));
        double total = weights.Sum();
        return [.. weights.Select(weight => weight / total)];
    }

    private float[] Penalized(ReadOnlySpan<float> logits, IReadOnlySet<int> seen)
    {
        float[] scores = logits.ToArray();
        if (settings.RepetitionPenalty != 1)
        {
            float penalty = (float)settings.RepetitionPenalty;
            foreach (int token in seen.Where(token => token < scores.Length))
            {
                scores[token] = scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty;
            }
        }

        return scores;
    }

    // e to each score over the temperature, the largest at 1; 0 for what is left out.
    private double[] Weights(float[] scores)
    {
        float largest = scores[IndexOfLargest(scores)];
        float least = settings.TopK > 0 && settings.TopK < scores.Length ? Largest(scores, settings.TopK) : float.NegativeInfinity;
        double[] weights = new double[scores.Length];
        for (int token = 0; token < scores.Length; token++)
        {
            weights[token] = scores[token] < least ? 0 : Math.Exp(((double)scores[token] - largest) / settings.Temperature);
        }

        if (settings.TopP < 1)
        {
            LeaveOutTail(weights, settings.TopP);
        }

        if (settings.MinP > 0)
        {
            for (int token = 0; token < weights.Length; token++)
            {
                weights[token] = weights[token] < settings.MinP ? 0 : weights[token];
            }
        }

        return weights;
    }

    // The unlikeliest first, as long as they have at most 1 − p together; the likeliest always stays.
    private static void LeaveOutTail(double[] weights, double share)
    {
        int[] tokens = [.. Enumerable.Range(0, weights.Length).Where(token => weights[token] > 0)];
        double[] ascending = [.. tokens.Select(token => weights[token])];
        Array.Sort(ascending, tokens);
        double allowed = (1 - share) * ascending.Sum();
        double tail = 0;
        for (int index = 0; index < tokens.Length - 1; index++)
        {
            tail += ascending[index];
            if (tail > allowed)
            {
                break;
            }

            weights[tokens[index]] = 0;
        }
    }

    private static int Draw(double[] weights, RandomStream random)
    {
        double left = random.Next() * weights.Sum();
        int last = 0;
        for (int token = 0; token < weights.Length; token++)
        {
            if (weights[token] > 0)
            {
                last = token;
                left -= weights[token];
                if (left < 0)
                {
                    break;
                }
            }
        }

        return last;
    }

    private static int IndexOfLargest(float[] scores)
    {
        int index = 0;
        for (int token = 1; token < scores.Length; token++)
        {
            if (scores[token] > scores[index])
            {
                index = token;
            }
        }

        return index;
    }

    /// <summary>The <paramref name="count"/>-th largest score.</summary>
    private static float Largest(float[] scores, int count)
    {
        PriorityQueue<float, float> kept = new(count);
        foreach (float score in scores)
        {
            if (kept.Count < count)
            {
                kept.Enqueue(score, score);
            }
            else if (score > kept.Peek())
            {
                kept.EnqueueDequeue(score, score);
            }
        }

        return kept.Peek();
    }
}
