using System.Text.Json;
using LayerTool.Checkpoints;
using LayerTool.Plans;
using LayerTool.Samples.Pair.Measuring;
using LayerTool.Samples.Pair.Text;
using LayerTool.Samples.Pair.Tokens;
using LayerTool.Samples.Pair.Training;
using LayerTool.Tensors;
using LayerTool.Tokenization;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Samples.Pair;

/// <summary>Makes all that is in the sample's folder: text, tokenizer, base model, post-trained model, figures.</summary>
internal sealed class PairMaker
{
    // Each of its own, so that none repeats another.
    private const int SeedOfWeights = 1;
    private const int SeedOfBase = TextFiles.TrainingSeed;
    private const int SeedOfPost = 3;

    private const double RateOfBase = 3e-3;
    private const double RateOfPost = 5e-4;

    // The post-trained model with the last layers of the base model back in place.
    private const string Restored = "0-7, base:8-11";

    private readonly World _world = new();
    private readonly QuestionBook _questions;
    private readonly TextFiles _text;
    private readonly string _folder;
    private readonly ComputeSettings _settings;

    public PairMaker(string folder, int threads)
    {
        _folder = Path.GetFullPath(folder);
        _questions = new QuestionBook(_world);
        _text = new TextFiles(_folder, _world, _questions);
        _settings = new ComputeSettings(Dtype: ComputeDtype.Float32, Threads: threads, Seed: 20);
    }

    private string Base => Path.Combine(_folder, "base");

    private string Post => Path.Combine(_folder, "post");

    /// <summary>Trains what is asked for, and measures both.</summary>
    public void Make(int baseSteps, int postSteps)
    {
        TorchHost.Start(_settings);
        WriteTexts();
        if (baseSteps > 0)
        {
            TrainBase(baseSteps);
        }

        if (postSteps > 0)
        {
            TrainPost(postSteps);
        }

        PairFigures figures = Measure();
        File.WriteAllText(Path.Combine(_folder, FiguresJson.FileName), JsonSerializer.Serialize(figures, FiguresJson.Default.PairFigures) + "\n");
        figures.Print(Console.Out);
    }

    /// <summary>Writes the texts, and the tokenizer that is made for them.</summary>
    public void WriteTexts()
    {
        _text.Write();
        IReadOnlyList<(string Left, string Right)> merges = _text.LearnMerges();
        TokenizerFiles.Write(Base, merges, Shape.ContextLength, answers: false);
        TokenizerFiles.Write(Post, merges, Shape.ContextLength, answers: true);
    }

    /// <summary>Trains the base model, from random weights, on whole documents; gives the loss of each step.</summary>
    public IReadOnlyList<double> TrainBase(int steps)
    {
        string start = Directory.CreateTempSubdirectory("layertool-pair-").FullName;
        try
        {
            WriteStart(start);
            return Train(start, Base, steps, RateOfBase, SeedOfBase, batches => batches.Packed());
        }
        finally
        {
            Directory.Delete(start, recursive: true);
        }
    }

    /// <summary>Trains the post-trained model, from the base model, on answers; gives the loss of each step.</summary>
    public IReadOnlyList<double> TrainPost(int steps) => Train(Base, Post, steps, RateOfPost, SeedOfPost, batches => batches.Answers());

    private void WriteStart(string folder)
    {
        TorchHost.Start(_settings);
        using DisposeScope scope = NewDisposeScope();
        Shape.WriteConfig(folder, "float32");
        WeightFile.Write(folder, InitialWeights.Make(SeedOfWeights), ScalarType.Float32);
    }

    private IReadOnlyList<double> Train(string from, string to, int steps, double rate, int seed, Func<Batches, Batch> next)
    {
        Console.WriteLine($"{Path.GetFileName(to)}: {steps} steps");
        Batches batches = new(new Corpus(_world, _questions, seed), Tokenizer.Open(to, TokenizerMode.Auto));
        return Trainer.Run(Checkpoint.Open(from), _settings, steps, rate, () => next(batches), weights =>
        {
            Shape.WriteConfig(to, "bfloat16");
            WeightFile.Write(to, weights, ScalarType.BFloat16);
        });
    }

    private PairFigures Measure()
    {
        Checkpoint start = Checkpoint.Open(Base);
        Checkpoint post = Checkpoint.Open(Post);
        CheckpointSet both = new(post);
        both.Add("base", start);
        LayerPlan all = LayerPlan.Identity(Shape.Layers);
        Examiner examiner = new(_questions, _text, _settings);
        return new PairFigures(
            _text.UnigramPerplexity(Tokenizer.Open(Base, TokenizerMode.Auto)),
            examiner.Measure(new CheckpointSet(start), all),
            examiner.Measure(new CheckpointSet(post), all),
            examiner.Measure(both, PlanNotation.Parse(Restored)));
    }
}
