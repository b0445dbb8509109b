using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Evaluation.Diversity;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Scoring;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Scoring;

/// <summary>The table of ranges and what is chosen from it, on models whose answers are planted.</summary>
[Collection(TorchCollection.Name)]
public sealed class RestoreTriangleTests : IDisposable
{
    private const int Valid = 0; // direction of the stream that makes an answer valid
    private const int Favourite = 1; // that makes it always the same
    private const int Neutral = 2;
    private static readonly string[] Answers = ["2", "3", "4", "5", "6"];
    private static readonly Tokenizer Tokenizer = Tokenizer.Open(Path.Combine(SharedFiles.Repository, "samples", "pair", "post"), TokenizerMode.Auto);

    private static readonly string[] Texts = ["Name a random digit between 2 and 6.", "Pick one.", "Any digit"];

    private readonly TempFolder _temp = new();

    private static LayerPlan Whole => LayerPlan.Identity(TinyModel.Layers);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Shared_states_give_what_each_mixture_gives_alone()
    {
        string main = TinyModel.Write(_temp, "main", seed: 1, deviation: 0.3);
        string donor = TinyModel.Write(_temp, "donor", seed: 2, deviation: 0.3);
        using Decoder decoder = Open(main, donor);

        RestoreTriangle triangle = Measure(decoder, Whole);

        Assert.Equal(21, triangle.Ranges.Length);
        Assert.Equal(21, triangle.Ranges.Select(row => row.Range).Distinct().Count());
        Assert.All([triangle.Post, .. triangle.Ranges], row =>
        {
            LayerPlan plan = row.Range is LayerRange range ? Whole.Restore([.. range.Layers], "base") : Whole;
            ImmutableArray<CharacterScore> alone = Alone(decoder, plan);
            Assert.All(alone.Zip(row.ByPrompt), pair => Assert.Equal(pair.First.Diversity, pair.Second.Diversity, 1e-5));
            Assert.All(alone.Zip(row.ByPrompt), pair => Assert.Equal(pair.First.Validity, pair.Second.Validity, 1e-5));
        });
        LayerPlan other = Whole.Restore([.. Enumerable.Range(0, 6)], "base") with { EmbeddingSource = "base", HeadSource = "base" };
        Assert.Equal(Alone(decoder, other)[0].Entropy, triangle.Base!.ByPrompt[0].Entropy, 1e-5);
    }

    [Fact]
    public void What_is_shared_is_played_once()
    {
        string main = TinyModel.Write(_temp, "main", seed: 1, deviation: 0.3);
        using Decoder decoder = Open(main, main);

        RestoreTriangle triangle = Measure(decoder, Whole, baseVocabulary: 0);

        // The model as it is, one slot of the other for each range, and behind each range the rest of the model.
        int behind = Enumerable.Range(0, 6).Sum(last => (last + 1) * (6 - 1 - last));
        Assert.Equal(6 + 21 + behind, triangle.SlotsPlayed);
        Assert.Equal(22 * 6, triangle.SlotsAlone);
        Assert.Null(triangle.Base);
    }

    [Fact]
    public void Ranges_may_be_held_short_and_end_in_front_of_layers_that_the_plan_leaves_out()
    {
        string main = TinyModel.Write(_temp, "main", seed: 1, deviation: 0.3);
        using Decoder decoder = Open(main, main);

        RestoreTriangle narrow = Measure(decoder, Whole, maxWidth: 2);
        RestoreTriangle gap = Measure(decoder, Whole.Skip([2]));

        Assert.Equal(11, narrow.Ranges.Length);
        Assert.Equal(["0", "0-1", "1", "3", "3-4", "3-5", "4", "4-5", "5"], gap.Ranges.Select(row => row.Range.ToString()!));
    }

    [Fact]
    public void Of_equal_models_nothing_is_restored()
    {
        string main = TinyModel.Write(_temp, "main", seed: 3, deviation: 0.3);
        using Decoder decoder = Open(main, main);

        RestoreTriangle triangle = Measure(decoder, Whole);
        RestoreChoice choice = RestoreChoice.Of(triangle, 0.9);

        Assert.All(triangle.Ranges, row => Assert.Equal(triangle.Post.Mean, row.Mean));
        Assert.Null(choice.Chosen.Range);
        Assert.StartsWith("nothing is restored: of the 21 of 21 ranges", choice.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    public void The_layer_that_was_made_to_collapse_is_found(int collapsed)
    {
        string donor = TinyModel.Write(_temp, "donor", seed: 4, deviation: 0.01, Plant(valid: true));
        string main = TinyModel.Write(_temp, "main", seed: 4, deviation: 0.01, values =>
        {
            Plant(valid: true)(values);
            values[TinyModel.Bias(collapsed)][Favourite] = 3;
        });
        using Decoder decoder = Open(main, donor);

        RestoreTriangle triangle = Measure(decoder, Whole);

        Assert.InRange(triangle.Base!.Mean.Diversity, 0.99, 1);
        Assert.InRange(triangle.Post.Mean.Diversity, 0, 0.2);
        Assert.All(triangle.Ranges, row => Assert.Equal(
            row.Range!.Value.Layers.Contains(collapsed) ? triangle.Base.Mean.Diversity : triangle.Post.Mean.Diversity, row.Mean.Diversity, 1e-5));
        Assert.Equal(new LayerRange(collapsed, collapsed), RestoreChoice.Of(triangle, 0.9).Chosen.Range);
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(4, 4)]
    public void A_layer_that_makes_answers_valid_is_kept(int valid, int collapsed)
    {
        string donor = TinyModel.Write(_temp, "donor", seed: 4, deviation: 0.01, Plant(valid: false));
        string main = TinyModel.Write(_temp, "main", seed: 4, deviation: 0.01, values =>
        {
            Plant(valid: false)(values);
            values[TinyModel.Bias(valid)][Valid] = 3;
            values[TinyModel.Bias(collapsed)][Favourite] = 3;
        });
        using Decoder decoder = Open(main, donor);

        RestoreTriangle triangle = Measure(decoder, Whole);
        RestoreChoice choice = RestoreChoice.Of(triangle, 0.9);

        Assert.All(triangle.Ranges.Where(row => row.Range!.Value.Layers.Contains(valid)), row => Assert.False(choice.Allows(row)));
        Assert.Equal(valid == collapsed ? null : new LayerRange(collapsed, collapsed), choice.Chosen.Range);
        Assert.True(choice.Chosen.Mean.Validity >= 0.9 * triangle.Post.Mean.Validity);
    }

    [Fact]
    public void Weights_that_are_mixed_end_in_those_of_either_model()
    {
        const string Weight = "model.layers.2.mlp.up_proj.weight";
        using Decoder decoder = Open(TinyModel.Write(_temp, "main", seed: 1, deviation: 0.3), TinyModel.Write(_temp, "donor", seed: 2, deviation: 0.3));
        LayerPlan other = Whole.Restore([.. Enumerable.Range(0, 6)], "base");
        float[] Weights(string source) => decoder.LoadedWeights(source)[Weight].data<float>().ToArray();

        ImmutableArray<SoupScore> soup = SoupScore.Measure(decoder, Whole, "soup", "base", Questions(), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(21, soup.Length);
        Assert.Equal((0, 0.5, 1), (soup[0].Part, soup[10].Part, soup[20].Part));
        Assert.Equal(Alone(decoder, Whole), soup[0].Score.ByPrompt);
        Assert.Equal(Alone(decoder, other), soup[20].Score.ByPrompt);
        Assert.Equal(Weights("base"), Weights("soup"));
        decoder.Mix("soup", "base", 0.25);
        Alone(decoder, Whole.Restore([.. Enumerable.Range(0, 6)], "soup"));
        Assert.All(Weights("main").Zip(Weights("base"), Weights("soup")), triple => Assert.Equal((0.75f * triple.First) + (0.25f * triple.Second), triple.Third, 1e-6f));
        decoder.Mix("soup", "base", 0);
        Alone(decoder, Whole.Restore([.. Enumerable.Range(0, 6)], "soup"));
        Assert.Equal(Weights("main"), Weights("soup"));
    }

    /// <summary>Every token says the same of itself; the head hears one direction as "valid", another as against all of these but one.</summary>
    private static Action<Dictionary<string, float[]>> Plant(bool valid) => values =>
    {
        float[] embedding = values["model.embed_tokens.weight"], head = values["lm_head.weight"];
        for (int token = 0; token < 1024; token++)
        {
            embedding[(token * TinyModel.Hidden) + (valid ? Valid : Neutral)] += 1;
        }

        foreach (string answer in Answers)
        {
            int id = Tokenizer.Encode(answer, addSpecialTokens: false).Single();
            head[(id * TinyModel.Hidden) + Valid] = 8;
            head[(id * TinyModel.Hidden) + Favourite] = answer == "4" ? 0 : -2; // so that it alone makes nothing valid
        }
    };

    private static RestoreTriangle Measure(Decoder decoder, LayerPlan plan, int? maxWidth = null, int baseVocabulary = 1024) =>
        RestoreTriangle.Measure(decoder, plan, "base", Questions(), maxWidth, baseVocabulary, cancellation: TestContext.Current.CancellationToken);

    private static ImmutableArray<CharacterScore> Alone(Decoder decoder, LayerPlan plan) =>
        new CharacterMeter(decoder, [plan]).Measure(Questions(), cancellation: TestContext.Current.CancellationToken)[0];

    private static ImmutableArray<CharacterQuestion> Questions() => CharacterQuestion.Of(
        new CharacterPrompts("test", "", [.. Texts.Select(text => new CharacterPrompt(text, [.. Answers], "digits"))]),
        Tokenizer,
        null,
        1024);

    private static Decoder Open(string main, string donor) => Decoder.Open(
        new CheckpointSet(Checkpoint.Open(main)) { { "base", Checkpoint.Open(donor) } }, new ComputeSettings(Dtype: ComputeDtype.Float32, Threads: 1));
}
