using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Evaluation.Diversity;
using LayerTool.Faults;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using LayerTool.Tokenization.Chat;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Evaluation.Diversity;

/// <summary>The measure on the sample pair: what it reads of the logits, and that nothing but them counts.</summary>
[Collection(TorchCollection.Name)]
public sealed class CharacterMeterTests : IDisposable
{
    private static readonly string Folder = Path.Combine(SharedFiles.Repository, "samples", "pair");
    private static readonly ComputeSettings Single = new(Dtype: ComputeDtype.Float32, Threads: 1);

    private readonly TempFolder _temp = new();
    private readonly Checkpoint _post = Checkpoint.Open(Path.Combine(Folder, "post"));
    private readonly Decoder _decoder;
    private readonly Tokenizer _tokenizer;
    private readonly ImmutableArray<CharacterQuestion> _questions;

    public CharacterMeterTests()
    {
        _decoder = Decoder.Open(new CheckpointSet(_post), Single);
        _tokenizer = Tokenizer.Open(_post.Folder, TokenizerMode.Auto);
        CharacterPrompts prompts = CharacterPrompts.ReadFile(Path.Combine(Folder, "characters.jsonl"));
        _questions = CharacterQuestion.Of(prompts with { Prompts = [.. prompts.Prompts.Where((_, index) => index % 5 == 0)] }, _tokenizer, AnswerPrompt.Of(ChatTemplate.Open(_post.Folder)), 1024);
    }

    private static LayerPlan Whole => LayerPlan.Identity(12);

    public void Dispose()
    {
        _decoder.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void Scores_are_those_of_the_logits_behind_each_prompt_alone()
    {
        ImmutableArray<CharacterScore> together = Measure(_questions);

        Assert.All(_questions.Index(), question => AssertSame(
            CharacterScore.Of(Masses(question.Item, Logits(question.Item.Ids))), together[question.Index], 1e-5));
    }

    [Fact]
    public void Padding_and_the_order_of_prompts_change_no_score()
    {
        ImmutableArray<CharacterScore> together = Measure(_questions);
        ImmutableArray<CharacterScore> reversed = Measure([.. _questions.Reverse()]);
        CharacterQuestion longer = _questions[0] with { Ids = [.. Enumerable.Repeat(_questions[0].Ids, 6).SelectMany(ids => ids)] };
        ImmutableArray<CharacterScore> padded = Measure([longer, .. _questions]);

        Assert.All(_questions.Index(), question =>
        {
            AssertSame(together[question.Index], reversed[_questions.Length - 1 - question.Index], 1e-6);
            AssertSame(together[question.Index], padded[question.Index + 1], 1e-5);
            AssertSame(together[question.Index], Measure([question.Item])[0], 1e-5);
        });
    }

    [Fact]
    public void Drawn_answers_come_as_often_as_the_measure_says()
    {
        const int Draws = 10_000;
        CharacterQuestion question = _questions[0];
        Sampler sampler = new(new SamplingSettings { Temperature = 1 });
        RandomStream random = new(20, 0);
        float[] logits = Logits(question.Ids);
        Dictionary<int, int> drawn = Enumerable.Range(0, Draws).CountBy(_ => sampler.Choose(logits, new HashSet<int>(), random)).ToDictionary();

        CharacterScore score = Measure([question])[0];

        double valid = question.Answers.Sum(tokens => tokens.Sum(id => drawn.GetValueOrDefault(id))) / (double)Draws;
        Assert.InRange(valid, score.Validity - (3 * Error(score.Validity)), score.Validity + (3 * Error(score.Validity)));
        double[] masses = Masses(question, logits);
        Assert.All(question.Answers.Index(), answer =>
        {
            double part = answer.Item.Sum(id => drawn.GetValueOrDefault(id)) / (double)Draws;
            Assert.InRange(part, masses[answer.Index] - (3 * Error(masses[answer.Index])) - 1e-3, masses[answer.Index] + (3 * Error(masses[answer.Index])) + 1e-3);
        });

        static double Error(double part) => Math.Sqrt(part * (1 - part) / Draws);
    }

    [Fact]
    public void Only_what_is_likely_among_valid_answers_counts_as_diverse()
    {
        // All weights but these are 0, so every state is one direction, and a logit is the head's weight on it times this.
        double length = 1 / Math.Sqrt((1.0 / TinyModel.Hidden) + 1e-5);
        int three = Id("3"), spaced = Id(" 3"), four = Id("4"), invalid = Id("x");
        Dictionary<int, double> plain = new() { [three] = 2, [four] = 1 };

        CharacterScore score = Planted(plain);
        CharacterScore shifted = Planted(plain, all: 5);
        CharacterScore wrong = Planted(new(plain) { [invalid] = 8 });
        CharacterScore split = Planted(new(plain) { [three] = 2 - (Math.Log(2) / length), [spaced] = 2 - (Math.Log(2) / length) }, without: spaced);
        CharacterScore unsplit = Planted(plain, without: spaced);

        Assert.InRange(score.Validity, 0.01, 0.999);
        AssertSame(score, shifted, 1e-5);
        Assert.InRange(wrong.Validity, 0, score.Validity / 2);
        Assert.Equal(score.Entropy, wrong.Entropy, 1e-6);
        AssertSame(unsplit, split, 1e-5);

        int Id(string text) => _tokenizer.Encode(text, addSpecialTokens: false).Single();

        // A token that is left out has a logit far below all others until it gets one.
        CharacterScore Planted(Dictionary<int, double> logits, double all = 0, int? without = null)
        {
            string folder = TinyModel.Write(_temp, Guid.NewGuid().ToString("N"), seed: 1, deviation: 0, values =>
            {
                for (int token = 0; token < 1024; token++)
                {
                    values["model.embed_tokens.weight"][token * TinyModel.Hidden] = 1;
                    values["lm_head.weight"][token * TinyModel.Hidden] = (float)(all + logits.GetValueOrDefault(token, token == without ? -20 : 0));
                }
            });
            using Decoder decoder = Decoder.Open(new CheckpointSet(Checkpoint.Open(folder)), Single);
            ImmutableArray<CharacterQuestion> questions = CharacterQuestion.Of(
                new CharacterPrompts("test", "", [new CharacterPrompt("Pick one.", ["3", "4"], "all")]), _tokenizer, null, 1024);
            return new CharacterMeter(decoder, [LayerPlan.Identity(TinyModel.Layers)]).Measure(questions, cancellation: TestContext.Current.CancellationToken)[0][0];
        }
    }

    [Fact]
    public void Logits_that_are_not_finite_are_a_fault_and_no_score()
    {
        string damaged = CheckpointCopy.Make(_post.Folder, _temp);
        CheckpointCopy.Set(damaged, "model.layers.3.mlp.down_proj.weight", 7, float.NaN);
        using Decoder decoder = Decoder.Open(new CheckpointSet(Checkpoint.Open(damaged)), Single);

        LayerToolException fault = Assert.Throws<LayerToolException>(() =>
            new CharacterMeter(decoder, [Whole]).Measure(_questions, cancellation: TestContext.Current.CancellationToken));

        Assert.Contains("not finite", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_run_leaves_no_tensor_behind()
    {
        Measure(_questions);
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using CancellationTokenSource stop = new();

        Assert.Throws<OperationCanceledException>(() => new CharacterMeter(_decoder, [Whole, Whole.Skip([3])])
            .Measure(_questions, progress: new StopAt(3, stop), cancellation: stop.Token));

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void AssertSame(CharacterScore expected, CharacterScore actual, double tolerance)
    {
        Assert.Equal(expected.Validity, actual.Validity, tolerance);
        Assert.Equal(expected.Entropy, actual.Entropy, tolerance);
        Assert.Equal(expected.Diversity, actual.Diversity, tolerance);
    }

    private ImmutableArray<CharacterScore> Measure(ImmutableArray<CharacterQuestion> questions) =>
        new CharacterMeter(_decoder, [Whole]).Measure(questions, cancellation: TestContext.Current.CancellationToken)[0];

    private static double[] Masses(CharacterQuestion question, float[] logits)
    {
        double largest = logits.Max();
        double total = logits.Sum(logit => Math.Exp(logit - largest));
        return [.. question.Answers.Select(tokens => tokens.Sum(id => Math.Exp(logits[id] - largest) / total))];
    }

    private float[] Logits(ImmutableArray<int> ids)
    {
        using DisposeScope scope = NewDisposeScope();
        return _decoder.Forward(Whole, tensor([.. ids.Select(id => (long)id)], [1, ids.Length], dtype: ScalarType.Int64), lastOnly: true).data<float>().ToArray();
    }

    private sealed class StopAt(int step, CancellationTokenSource source) : IProgress<LayerTool.Progress.Step>
    {
        private int _seen;

        public void Report(LayerTool.Progress.Step value)
        {
            if (++_seen == step)
            {
                source.Cancel();
            }
        }
    }
}
