using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Samples.Pair;
using LayerTool.Samples.Pair.Measuring;
using LayerTool.Samples.Pair.Text;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Samples;

/// <summary>The trained pair is what its page says, and its program makes what lies there.</summary>
[Collection(TorchCollection.Name)]
public sealed class PairTests : IDisposable
{
    private static readonly string Folder = Path.Combine(SharedFiles.Repository, "samples", "pair");

    private readonly TempFolder _temp = new();

    private static PairFigures Recorded =>
        JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(Folder, FiguresJson.FileName)), FiguresJson.Default.PairFigures)!;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Both_are_of_one_shape_and_small()
    {
        Checkpoint start = Checkpoint.Open(Path.Combine(Folder, "base"));
        Checkpoint post = Checkpoint.Open(Path.Combine(Folder, "post"));

        Assert.Equal(12, start.Layers.Count);
        Assert.Equal(start.ConfigBytes.ToArray(), post.ConfigBytes.ToArray());
        Assert.Equal(start.Tensors.Values.Select(tensor => (tensor.Name, tensor.Dtype)), post.Tensors.Values.Select(tensor => (tensor.Name, tensor.Dtype)));
        Assert.All([start, post], checkpoint => Assert.InRange(new FileInfo(Path.Combine(checkpoint.Folder, "model.safetensors")).Length, 1, 4 << 20));
    }

    [Theory]
    [InlineData("base", "evaluation.jsonl")]
    [InlineData("base", "questions.jsonl")]
    [InlineData("post", "evaluation.jsonl")]
    [InlineData("post", "questions.jsonl")]
    public async Task Perplexity_is_the_recorded_one(string model, string text)
    {
        CommandRun run = await CommandRun.InProcessAsync("eval", Path.Combine(Folder, model), "--text", Path.Combine(Folder, text), "--dtype", "float32", "--json");

        Figures recorded = model == "base" ? Recorded.Base : Recorded.Post;
        double expected = text == "evaluation.jsonl" ? recorded.TextPerplexity : recorded.AnswerPerplexity;
        double measured = JsonNode.Parse(run.Output)!["results"]![text]!["token_perplexity,none"]!.GetValue<double>();
        Assert.InRange(measured, 0.99 * expected, 1.01 * expected);
    }

    [Fact]
    public void The_page_shows_the_recorded_figures()
    {
        StringWriter printed = new();
        Recorded.Print(printed);

        Assert.Contains(printed.ToString().ReplaceLineEndings("\n"), File.ReadAllText(Path.Combine(Folder, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_base_knows_its_text_and_the_post_trained_one_answers_in_format_and_less_diversely()
    {
        Assert.InRange(Recorded.Base.TextPerplexity, 1, Recorded.UnigramPerplexity / 20);

        (double Format, double Different) start = Sampled("base");
        (double Format, double Different) post = Sampled("post");

        Assert.InRange(post.Format, 0.95, 1);
        Assert.InRange(start.Format, 0, 0.5);
        Assert.InRange(post.Different, 1, 0.75 * start.Different);
    }

    [Fact]
    public void The_program_makes_the_texts_and_the_tokenizer_that_lie_there()
    {
        new PairMaker(_temp.Path, threads: 1).WriteTexts();

        string[] made = [.. Directory.GetFiles(_temp.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_temp.Path, file))];
        Assert.Equal(8, made.Length);
        Assert.All(made, file => Assert.Equal(File.ReadAllBytes(Path.Combine(Folder, file)), File.ReadAllBytes(_temp.File(file))));
    }

    [Fact]
    public void No_document_tells_what_is_held_out()
    {
        World world = new();
        QuestionBook questions = new(world);
        Corpus corpus = new(world, questions, seed: 1);

        string[] read = [.. Enumerable.Range(0, 3000).Select(_ => corpus.Document()), .. Enumerable.Range(0, 3000).Select(_ => corpus.Answered())];

        string[] heldOut = [.. questions.HeldOut.Select(question => question.Text)];
        Assert.NotEmpty(heldOut);
        Assert.DoesNotContain(read, document => heldOut.Any(text => document.Contains(text, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_few_steps_lower_the_loss()
    {
        PairMaker maker = new(_temp.Path, threads: 1);
        maker.WriteTexts();

        IReadOnlyList<double> losses = maker.TrainBase(steps: 8);

        Assert.InRange(losses[0], 6.5, 7.5); // ln 1024 = 6.9
        Assert.InRange(losses[^1], 0, losses[0] - 0.2);
        Assert.Equal(12, Checkpoint.Open(_temp.File("base")).Layers.Count);
    }

    /// <summary>Over a few open questions: how many samples are in format, and how many different right answers there are to a question.</summary>
    private static (double Format, double Different) Sampled(string model)
    {
        Checkpoint checkpoint = Checkpoint.Open(Path.Combine(Folder, model));
        using Decoder decoder = Decoder.Open(new CheckpointSet(checkpoint), new ComputeSettings(Dtype: ComputeDtype.Float32, Threads: 1));
        Question[] asked = [.. new QuestionBook(new World()).HeldOut.Where(question => question.Kind == QuestionKind.Open).Take(8)];
        Interview interview = new(decoder, LayerPlan.Identity(12), checkpoint, Tokenizer.Open(checkpoint.Folder, TokenizerMode.Auto), asked);
        IReadOnlyList<IReadOnlyList<GeneratedText>> drawn = interview.Drawn(samples: 16);
        return (
            drawn.Average(answers => answers.Average(answer => AnswerStyle.IsInFormat(answer) ? 1.0 : 0.0)),
            asked.Index().Average(question => drawn.Select(answers => AnswerStyle.RightAnswer(answers[question.Index], question.Item)).OfType<string>().Distinct().Count()));
    }
}
