using LayerTool.Checkpoints;
using LayerTool.Evaluation;
using LayerTool.Evaluation.Likelihood;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using TorchSharp;
using Xunit;

namespace LayerTool.Tests.Evaluation.Likelihood;

/// <summary>Whatever is shared, likelihoods are those of each window alone.</summary>
[Collection(TorchCollection.Name)]
public sealed class LikelihoodEngineTests
{
    private const double Tolerance = 2e-3;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Shared_beginnings_change_no_likelihood(int seed)
    {
        using Decoder decoder = Open();
        TokenWindow[] windows = Draw(new Random(seed));
        LayerPlan whole = LayerPlan.Identity(decoder.Config.LayerCount);
        LayerPlan[] plans = [whole, whole.DropAttention([3]), whole.DropMlp([1]), whole.Skip([2]), whole];

        LikelihoodAnswer[][] together = Score(decoder, plans, windows, null);

        for (int plan = 0; plan < plans.Length; plan++)
        {
            for (int window = 0; window < windows.Length; window++)
            {
                LikelihoodAnswer alone = Score(decoder, [plans[plan]], [windows[window]], 1)[0][0];
                Assert.Equal(alone.LogLikelihood, together[window][plan].LogLikelihood, Tolerance);
                Assert.Equal(alone.IsGreedy, together[window][plan].IsGreedy);
            }
        }
    }

    [Fact]
    public void Tokens_that_windows_share_are_computed_once()
    {
        using Decoder decoder = Open();
        int[] context = [1, .. Enumerable.Range(300, 40)];
        TokenWindow[] windows = [.. Enumerable.Range(0, 4).Select(choice => Window([.. context, 260 + choice, 270, 280], 3))];

        LikelihoodCost cost = new LikelihoodEngine(decoder, [LayerPlan.Identity(decoder.Config.LayerCount)], new LikelihoodSettings())
            .Score(windows, (_, _) => { }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(41 + (4 * 2), cost.Tokens);
        Assert.Equal(4 * 43, cost.TokensAlone);
        Assert.Equal(1 + (4 * 2), cost.LogitRows);
    }

    [Fact]
    public void A_beginning_of_many_questions_is_computed_once()
    {
        using Decoder decoder = Open();
        int[] beginning = [1, .. Enumerable.Range(260, 150)];
        TokenWindow[] windows = [.. Enumerable.Range(0, 30).Select(question => Window([.. beginning, 420 + question, 430, 440, 450 + question], 1))];

        LikelihoodCost cost = new LikelihoodEngine(decoder, [LayerPlan.Identity(decoder.Config.LayerCount)], new LikelihoodSettings())
            .Score(windows, (_, _) => { }, cancellation: TestContext.Current.CancellationToken);

        Assert.InRange(cost.Tokens, 151 + (30 * 3), 151 + (30 * 3) + 151);
    }

    [Fact]
    public void A_stopped_run_leaves_no_tensor_behind()
    {
        using Decoder decoder = Open();
        TokenWindow[] windows = Draw(new Random(5));
        LayerPlan[] plans = [LayerPlan.Identity(decoder.Config.LayerCount), LayerPlan.Identity(decoder.Config.LayerCount).Skip([4])];
        Score(decoder, plans, windows, null);
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Score(decoder, plans, windows, null);
        using CancellationTokenSource source = new();
        Assert.Throws<OperationCanceledException>(() => new LikelihoodEngine(decoder, plans, new LikelihoodSettings { BatchSize = 1 })
            .Score(windows, (_, _) => { }, progress: new Stop(source), cancellation: source.Token));

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static LikelihoodAnswer[][] Score(Decoder decoder, IReadOnlyList<LayerPlan> plans, TokenWindow[] windows, int? batchSize)
    {
        LikelihoodAnswer[][] answers = new LikelihoodAnswer[windows.Length][];
        new LikelihoodEngine(decoder, plans, new LikelihoodSettings { BatchSize = batchSize })
            .Score(windows, (window, byPlan) => answers[window] = [.. byPlan], cancellation: TestContext.Current.CancellationToken);
        return answers;
    }

    // Families of windows that share beginnings of any length, some of them whole, some predicted from the first token on.
    private static TokenWindow[] Draw(Random random)
    {
        int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(259, 512))];
        List<int[]> texts = [];
        for (int family = 0; family < 4; family++)
        {
            int[] beginning = [1, .. Tokens(random.Next(1, 120))];
            for (int member = random.Next(1, 6); member > 0; member--)
            {
                int[] whole = [.. beginning[..random.Next(1, beginning.Length + 1)], .. Tokens(random.Next(1, 30))];
                texts.Add(whole);
                if (random.Next(3) == 0)
                {
                    texts.Add([.. whole, .. Tokens(3)]);
                    texts.Add(whole);
                }
            }
        }

        return [.. texts.Select(text => Window(text, random.Next(4) == 0 ? text.Length - 1 : random.Next(1, text.Length)))];
    }

    private static TokenWindow Window(int[] ids, int predicted) => new(ids, predicted);

    private static Decoder Open() =>
        Decoder.Open(new CheckpointSet(Checkpoint.Open(SharedFiles.Model("stories260K"))), new ComputeSettings(Dtype: ComputeDtype.Float32));

    private sealed class Stop(CancellationTokenSource source) : IProgress<Step>
    {
        public void Report(Step value) => source.Cancel();
    }
}
