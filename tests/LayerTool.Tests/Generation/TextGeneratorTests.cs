using LayerTool.Checkpoints;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Generation;

[Collection(TorchCollection.Name)]
public sealed class TextGeneratorTests : IDisposable
{
    private static readonly string[] Prompts =
    [
        "Once upon a time, there was a little", "Tom", "The big dog ran to the park and saw a ball. It was", "One day", "Lily liked to",
    ];

    private readonly Checkpoint _checkpoint = Checkpoint.Open(SharedFiles.Model("stories260K"));
    private readonly Decoder _decoder;
    private readonly Tokenizer _tokenizer;

    public TextGeneratorTests()
    {
        _decoder = Decoder.Open(new CheckpointSet(_checkpoint), new ComputeSettings(Dtype: ComputeDtype.Float32, Threads: 1));
        _tokenizer = Tokenizer.Open(_checkpoint.Folder, TokenizerMode.Auto);
    }

    public static TheoryData<string> Settings => ["greedy", "penalty", "drawn"];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Several_prompts_in_one_batch_give_what_each_gives_alone(string kind)
    {
        SamplingSettings sampling = kind switch
        {
            "penalty" => new SamplingSettings { RepetitionPenalty = 1.3 },
            "drawn" => new SamplingSettings { Temperature = 0.8, TopK = 40, TopP = 0.9, MinP = 0.01, Seed = 11 },
            _ => new SamplingSettings(),
        };

        IReadOnlyList<GeneratedText> together = Generate(Prompts, 40, sampling: sampling);

        Assert.Equal(Prompts.Select(prompt => Generate([prompt], 40, sampling: sampling)[0].Text), together.Select(text => text.Text));
    }

    [Fact]
    public void The_same_prompt_twice_draws_two_texts_and_a_seed_draws_them_again()
    {
        SamplingSettings sampling = new() { Temperature = 1, Seed = 3 };

        IReadOnlyList<GeneratedText> texts = Generate(["One day", "One day"], 20, sampling: sampling);

        Assert.NotEqual(texts[0].Text, texts[1].Text);
        Assert.Equal(texts.Select(text => text.Text), Generate(["One day", "One day"], 20, sampling: sampling).Select(text => text.Text));
        Assert.NotEqual(texts[0].Text, Generate(["One day"], 20, sampling: sampling with { Seed = 4 })[0].Text);
    }

    [Fact]
    public void A_stop_string_ends_its_row_alone_and_is_left_out()
    {
        IReadOnlyList<GeneratedText> texts = Generate(Prompts[..2], 40, stops: [" loved"]);

        Assert.Equal((GenerationEnd.StopString, " girl named Lily. She"), (texts[0].End, texts[0].Text));
        Assert.Contains(" loved", _tokenizer.Decode(texts[0].Tokens), StringComparison.Ordinal);
        Assert.Equal(Generate([Prompts[1]], 40)[0].Text, texts[1].Text);
    }

    [Fact]
    public void Pieces_as_they_come_are_the_text()
    {
        Dictionary<int, string> shown = [];

        IReadOnlyList<GeneratedText> texts = Generate(Prompts, 40, stops: ["the park"], onText: (row, piece) => shown[row] = shown.GetValueOrDefault(row, "") + piece);

        Assert.Equal(texts.Select(text => text.Text), Enumerable.Range(0, Prompts.Length).Select(row => shown[row]));
    }

    [Fact]
    public void A_token_of_the_list_ends_a_text_and_is_not_part_of_it()
    {
        int end = Generate([Prompts[0]], 20)[0].Tokens[6];

        GeneratedText text = Generate([Prompts[0]], 20, stopTokens: [9999, end])[0];

        Assert.Equal(GenerationEnd.StopToken, text.End);
        Assert.DoesNotContain(end, text.Tokens);
        Assert.InRange(text.Tokens.Length, 1, 6);
    }

    public void Dispose() => _decoder.Dispose();

    private IReadOnlyList<GeneratedText> Generate(
        IReadOnlyList<string> prompts,
        int count,
        SamplingSettings? sampling = null,
        IReadOnlyList<string>? stops = null,
        HashSet<int>? stopTokens = null,
        Action<int, string>? onText = null)
    {
        GenerationSettings settings = new(count) { Sampling = sampling ?? new SamplingSettings(), StopTokens = stopTokens ?? [] };
        return new TextGenerator(_decoder, LayerPlan.Identity(5), _tokenizer).Generate(
            [.. prompts.Select(prompt => _tokenizer.Encode(prompt, addSpecialTokens: true))],
            settings,
            stops ?? [],
            onText,
            cancellation: TestContext.Current.CancellationToken);
    }
}
