using LayerTool.Generation;
using Xunit;

namespace LayerTool.Tests.Generation;

public sealed class SamplerTests
{
    private static readonly HashSet<int> Nothing = [];

    // Probabilities 0.5, 0.25, 0.15, 0.1 in another order.
    private static readonly float[] Logits = [Log(0.15), Log(0.5), Log(0.1), Log(0.25)];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 60)];

    [Fact]
    public void Without_settings_the_likeliest_token_is_taken_and_the_first_on_a_tie()
    {
        Assert.Equal(1, Choose(new SamplingSettings(), [1, 3, 3, 2]));
    }

    [Fact]
    public void A_temperature_of_one_leaves_probabilities_as_they_are()
    {
        Expect([0.15, 0.5, 0.1, 0.25], new SamplingSettings { Temperature = 1 });
    }

    [Fact]
    public void A_temperature_divides_the_logits()
    {
        double total = 0.0225 + 0.25 + 0.01 + 0.0625;
        Expect([0.0225 / total, 0.25 / total, 0.01 / total, 0.0625 / total], new SamplingSettings { Temperature = 0.5 });
    }

    [Fact]
    public void Top_k_keeps_the_likeliest_and_what_ties_with_the_last()
    {
        Expect([0, 2 / 3.0, 0, 1 / 3.0], new SamplingSettings { Temperature = 1, TopK = 2 });
        Assert.Equal([0, 0.5, 0.25, 0.25], Probabilities(new SamplingSettings { Temperature = 1, TopK = 2 }, [Log(0.1), Log(0.4), Log(0.2), Log(0.2)]), Close);
    }

    [Fact]
    public void Top_k_above_the_vocabulary_keeps_all()
    {
        Expect([0.15, 0.5, 0.1, 0.25], new SamplingSettings { Temperature = 1, TopK = 50 });
    }

    [Theory]
    [InlineData(0.7, 2)]
    [InlineData(0.8, 3)]
    [InlineData(0.95, 4)]
    [InlineData(0.001, 1)]
    public void Top_p_keeps_the_fewest_that_reach_it(double share, int kept)
    {
        Assert.Equal(kept, Probabilities(new SamplingSettings { Temperature = 1, TopP = share }, Logits).Count(probability => probability > 0));
    }

    [Fact]
    public void Min_p_keeps_what_reaches_its_share_of_the_likeliest()
    {
        Expect([0, 2 / 3.0, 0, 1 / 3.0], new SamplingSettings { Temperature = 1, MinP = 0.4 });
    }

    [Fact]
    public void The_repetition_penalty_divides_positive_logits_and_multiplies_negative_ones()
    {
        SamplingSettings settings = new() { RepetitionPenalty = 2 };

        Assert.Equal(1, Choose(settings, [3, 2, -1], [0]));
        Assert.Equal(1, Choose(settings, [-1, -1.5f, -3], [0]));
        Assert.Equal(0, Choose(settings, [3, 2, -1], [2, 77]));
    }

    [Fact]
    public void A_temperature_near_zero_is_the_likeliest_token()
    {
        Expect([0, 1, 0, 0], new SamplingSettings { Temperature = 1e-30 });
    }

    // The four settings by the book, each on all tokens, as transformers has them.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void All_settings_together_act_one_after_another(int seed)
    {
        Random random = new(seed);
        float[] logits = [.. Enumerable.Range(0, 40).Select(_ => (float)((random.NextDouble() * 12) - 6))];
        HashSet<int> seen = [.. Enumerable.Range(0, 8).Select(_ => random.Next(40))];
        SamplingSettings settings = new()
        {
            RepetitionPenalty = 1 + random.NextDouble(),
            Temperature = 0.3 + random.NextDouble(),
            TopK = random.Next(1, 45),
            TopP = 0.3 + (0.7 * random.NextDouble()),
            MinP = 0.2 * random.NextDouble(),
        };

        Assert.Equal(ByTheBook(settings, logits, seen), Probabilities(settings, logits, seen), Close);
    }

    [Fact]
    public void Drawn_tokens_have_the_frequencies_of_their_probabilities()
    {
        Sampler sampler = new(new SamplingSettings { Temperature = 1 });
        RandomStream random = new(seed: 5, stream: 0);
        int[] counts = new int[4];
        for (int draw = 0; draw < 20_000; draw++)
        {
            counts[sampler.Choose(Logits, Nothing, random)]++;
        }

        Assert.Equal([0.15, 0.5, 0.1, 0.25], counts.Select(count => count / 20_000.0), (expected, found) => Math.Abs(expected - found) < 0.015);
    }

    [Fact]
    public void A_seed_gives_its_numbers_again_and_streams_differ()
    {
        double[] Numbers(long seed, int stream)
        {
            RandomStream random = new(seed, stream);
            return [.. Enumerable.Range(0, 50).Select(_ => random.Next())];
        }

        Assert.Equal(Numbers(3, 1), Numbers(3, 1));
        Assert.NotEqual(Numbers(3, 1), Numbers(3, 2));
        Assert.NotEqual(Numbers(3, 1), Numbers(4, 1));
        Assert.All(Numbers(0, 0), number => Assert.InRange(number, 0, 1 - 1e-16));
    }

    private static double[] ByTheBook(SamplingSettings settings, float[] logits, HashSet<int> seen)
    {
        double[] scores =
        [
            .. logits.Select((logit, token) =>
                (!seen.Contains(token) ? logit : logit < 0 ? logit * settings.RepetitionPenalty : logit / settings.RepetitionPenalty) / settings.Temperature),
        ];

        double[] Softmax()
        {
            double total = scores.Sum(Math.Exp);
            return [.. scores.Select(score => Math.Exp(score) / total)];
        }

        double kth = scores.OrderDescending().ElementAt(Math.Min(settings.TopK, scores.Length) - 1);
        scores = [.. scores.Select(score => score < kth ? double.NegativeInfinity : score)];

        double[] probabilities = Softmax();
        double together = 0;
        foreach (int token in Enumerable.Range(0, scores.Length).OrderBy(token => scores[token]).SkipLast(1))
        {
            together += probabilities[token];
            scores[token] = together <= 1 - settings.TopP ? double.NegativeInfinity : scores[token];
        }

        probabilities = Softmax();
        double least = settings.MinP * probabilities.Max();
        scores = [.. scores.Select((score, token) => probabilities[token] < least ? double.NegativeInfinity : score)];
        return Softmax();
    }

    private static void Expect(double[] probabilities, SamplingSettings settings) => Assert.Equal(probabilities, Probabilities(settings, Logits), Close);

    private static double[] Probabilities(SamplingSettings settings, float[] logits, HashSet<int>? seen = null) =>
        new Sampler(settings).Probabilities(logits, seen ?? Nothing);

    private static int Choose(SamplingSettings settings, float[] logits, HashSet<int>? seen = null) =>
        new Sampler(settings).Choose(logits, seen ?? Nothing, new RandomStream(seed: 0, stream: 0));

    private static bool Close(double left, double right) => Math.Abs(left - right) < 1e-5;

    private static float Log(double probability) => (float)Math.Log(probability);
}
