using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Data;
using LayerTool.Evaluation.Diversity;
using LayerTool.Faults;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Plans;

namespace LayerTool.Cli.Measuring;

/// <summary>Measures how diverse plans answer: prompts for random characters by the next token, all others by drawn answers.</summary>
internal sealed class DiversityEvaluator(Reporter reporter, OpenModel model, TokenizerOpener tokenizer, DiversityRequest request)
{
    /// <summary>Reads the prompts. Everything that can be wrong with them is found here, before a weight is loaded.</summary>
    /// <returns>What measures them, given plans on a decoder.</returns>
    /// <exception cref="LayerToolException">A file is missing or at fault, or the model has no chat template.</exception>
    public IReadOnlyList<MeasureDiversity> Prepare() =>
        [.. request.Prompts.Distinct(StringComparer.Ordinal).Select(Prepare)];

    private MeasureDiversity Prepare(string name)
    {
        bool builtIn = name == CharacterPrompts.BuiltInName && !File.Exists(name);
        if (builtIn || (JsonLinesFile.Rows(name).FirstOrDefault().Row is { ValueKind: JsonValueKind.Object } first && first.TryGetProperty("valid", out _)))
        {
            CharacterPrompts prompts = CharacterAsker.Prompts(builtIn ? null : name);
            ImmutableArray<CharacterQuestion> questions = CharacterAsker.Questions(model, tokenizer, prompts, request.Template);
            return (decoder, plans, cancellation) => Ask(prompts, questions, decoder, plans, cancellation);
        }

        SampledPrompts sampled = SampledPrompts.ReadFile(name);
        IReadOnlyList<int>[] ids = [.. sampled.Prompts.Select(prompt => CharacterAsker.Encode(model, tokenizer, prompt.Prompt, request.Template))];
        return (decoder, plans, cancellation) => Draw(sampled, ids, decoder, plans, cancellation);
    }

    private DiversityResult Ask(
        CharacterPrompts prompts, ImmutableArray<CharacterQuestion> questions, Decoder decoder, IReadOnlyList<LayerPlan> plans, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using ProgressLine progress = reporter.StartProgress();
        ImmutableArray<ImmutableArray<CharacterScore>> scores = new CharacterMeter(decoder, plans).Measure(questions, $"asking {prompts.Name}", progress, cancellation);
        string[] classes = [.. prompts.Prompts.Select(prompt => prompt.Class).Distinct(StringComparer.Ordinal)];
        return new DiversityResult(prompts.Name, prompts.Hash, questions.Length, Config(), [.. scores.Select(Measures)], Stopwatch.GetElapsedTime(start));

        ImmutableArray<(string, double)> Measures(ImmutableArray<CharacterScore> own)
        {
            CharacterScore mean = CharacterScore.Mean(own);
            return
            [
                ("validity", mean.Validity),
                ("diversity", mean.Diversity),
                ("entropy", mean.Entropy),
                .. classes.Length < 2 ? [] : classes.SelectMany(name =>
                {
                    CharacterScore part = CharacterScore.Mean([.. own.Where((_, index) => prompts.Prompts[index].Class == name)]);
                    return new[] { ($"validity of {name}", part.Validity), ($"diversity of {name}", part.Diversity) };
                }),
            ];
        }
    }

    private DiversityResult Draw(SampledPrompts prompts, IReadOnlyList<int>[] ids, Decoder decoder, IReadOnlyList<LayerPlan> plans, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        GenerationSettings settings = new(request.Count) { Sampling = request.Sampling, StopTokens = StopTokens.Of(model.Sources.Main) };
        List<ImmutableArray<(string, double)>> measures = [];
        foreach (LayerPlan plan in plans)
        {
            using ProgressLine progress = reporter.StartProgress();
            ImmutableArray<ImmutableArray<string>> answers = new AnswerSampler(decoder, plan, tokenizer.Open()).Draw(ids, request.Samples, settings, progress, cancellation);
            measures.Add(Measures(SampledDiversity.Of(prompts.Prompts, [.. answers])));
        }

        OrderedDictionary<string, object?> config = Config();
        config["samples"] = request.Samples;
        config["max_new_tokens"] = request.Count;
        config["temperature"] = request.Sampling.Temperature;
        config["top_k"] = request.Sampling.TopK;
        config["top_p"] = request.Sampling.TopP;
        config["min_p"] = request.Sampling.MinP;
        config["repetition_penalty"] = request.Sampling.RepetitionPenalty;
        return new DiversityResult(prompts.Name, prompts.Hash, ids.Length, config, [.. measures], Stopwatch.GetElapsedTime(start));
    }

    private static ImmutableArray<(string, double)> Measures(SampledDiversity result) =>
    [
        .. result.Distinct.Select((value, index) => (string.Create(CultureInfo.InvariantCulture, $"distinct-{index + 1}"), value)),
        ("self-BLEU", result.SelfBleu),
        ("unique", result.Unique),
        .. result.Right is RightAnswers right
            ? [("unique right", right.Different), .. right.PassAt.Select(pass => (string.Create(CultureInfo.InvariantCulture, $"pass@{pass.Count}"), pass.Probability))]
            : Array.Empty<(string, double)>(),
    ];

    private OrderedDictionary<string, object?> Config() => new() { ["template"] = request.Template };
}
