using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Evaluation.Diversity;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Scoring;
using LayerTool.Tensors;
using LayerTool.Tokenization;
using LayerTool.Tokenization.Chat;

namespace LayerTool.Benchmarks;

/// <summary>The table of all ranges of <c>restore --auto crc</c>, against one pass of one plan over the same prompts.</summary>
internal static class RestoreBenchmark
{
    private const int Ranges = 12; // alone, of as many as there are

    /// <summary>Runs it. The model is its own base: what is computed does not depend on the weights.</summary>
    /// <param name="model">A checkpoint.</param>
    public static void Run(string model)
    {
        Checkpoint checkpoint = Checkpoint.Open(model);
        CheckpointSet sources = new(checkpoint) { { "base", Checkpoint.Open(model) } };
        using Decoder decoder = Decoder.Open(sources, new ComputeSettings(Dtype: ComputeDtype.Float32));
        Tokenizer tokenizer = Tokenizer.Open(checkpoint.Folder, TokenizerMode.Auto);
        Func<string, string>? asText = ChatTemplate.Find(checkpoint.Folder) is ChatTemplate template ? AnswerPrompt.Of(template) : null;
        ImmutableArray<CharacterQuestion> questions = CharacterQuestion.Of(CharacterPrompts.BuiltIn(), tokenizer, asText, decoder.Config.VocabSize);
        LayerPlan whole = LayerPlan.Identity(decoder.Config.LayerCount);
        LayerPlan other = whole.Restore([.. Enumerable.Range(0, decoder.Config.LayerCount)], "base");

        double Alone(params LayerPlan[] plans) => Timing.Once(() => new CharacterMeter(decoder, plans).Measure(questions));

        Alone(whole, other); // loads both
        double before = Alone(whole);
        RestoreTriangle? triangle = null;
        double all = Timing.Once(() => triangle = RestoreTriangle.Measure(decoder, whole, "base", questions, null, baseVocabulary: 0));
        double one = (before + Alone(whole)) / 2;
        double allowed = (double)triangle!.SlotsPlayed / decoder.Config.LayerCount;
        Console.WriteLine($"all ranges of layers, {Path.GetFileName(model)}, float32, {questions.Length} prompts");
        Console.WriteLine(
            $"  {triangle.Ranges.Length} ranges: {all:F1} s, {all / one:F1} times one plan ({one:F2} s); shared beginnings allow {allowed:F1}, that is {all / one / allowed:F2} times it (wanted: at most 1.1)");
        Console.WriteLine($"  each alone they play {triangle.SlotsAlone:N0} slots in place of {triangle.SlotsPlayed:N0}: {(double)triangle.SlotsAlone / triangle.SlotsPlayed:F2} times as many");
        RangeScore[] drawn = [.. triangle.Ranges.Where((_, index) => index % Math.Max(1, triangle.Ranges.Length / Ranges) == 0)];
        double farthest = drawn.Max(row =>
        {
            LayerPlan plan = whole.Restore([.. row.Range!.Value.Layers], "base");
            CharacterScore alone = CharacterScore.Mean(new CharacterMeter(decoder, [plan]).Measure(questions)[0]);
            return Math.Max(Math.Abs(alone.Validity - row.Mean.Validity), Math.Abs(alone.Diversity - row.Mean.Diversity));
        });
        Console.WriteLine($"  farthest from {drawn.Length} of them alone: {farthest:E1} of validity or diversity (wanted: at most 1E-005)");
    }
}
