using System.Globalization;
using System.Text.Json.Serialization;

namespace LayerTool.Samples.Pair.Measuring;

/// <summary>What one model does, as <c>figures.json</c> records it.</summary>
/// <param name="TextPerplexity">Of a token of <c>evaluation.jsonl</c>.</param>
/// <param name="AnswerPerplexity">Of a token of <c>questions.jsonl</c>: held-out questions with their answers in the fixed format.</param>
/// <param name="InFormat">Share of sampled answers to held-out questions that are one word and nothing else.</param>
/// <param name="Right">Share of sampled answers to held-out questions with one right answer that name it, in whatever words.</param>
/// <param name="ExactFacts">Share of held-out questions of one fact whose likeliest answer is right and in format.</param>
/// <param name="ExactTwoHops">The same for two facts, of people whose land no text tells.</param>
/// <param name="ExactSums">The same for sums that no text has.</param>
/// <param name="DifferentAnswers">Different right answers to an open question among <see cref="Examiner.Samples"/> samples, in whatever format, on average.</param>
internal sealed record Figures(
    double TextPerplexity,
    double AnswerPerplexity,
    double InFormat,
    double Right,
    double ExactFacts,
    double ExactTwoHops,
    double ExactSums,
    double DifferentAnswers);

/// <summary>The figures of the pair.</summary>
/// <param name="UnigramPerplexity">Of a token of <c>evaluation.jsonl</c>, by frequencies alone.</param>
/// <param name="Base">The base model.</param>
/// <param name="Post">The post-trained one.</param>
/// <param name="Restored">The post-trained one with layers of the base model restored.</param>
internal sealed record PairFigures(double UnigramPerplexity, Figures Base, Figures Post, Figures Restored)
{
    /// <summary>Prints them side by side.</summary>
    public void Print(TextWriter output)
    {
        void Row(string name, string format, Func<Figures, double> figure) => output.WriteLine(
            $"{name,-40}{string.Concat(new[] { Base, Post, Restored }.Select(model => $"{figure(model).ToString(format, CultureInfo.InvariantCulture),10}"))}");

        output.WriteLine($"{"",-40}{"base",10}{"post",10}{"restored",10}");
        Row("perplexity of a token: held-out text", "0.00", figures => figures.TextPerplexity);
        Row("  held-out questions and answers", "0.00", figures => figures.AnswerPerplexity);
        Row("answers in format", "0.0 %", figures => figures.InFormat);
        Row("right answers, in any words", "0.0 %", figures => figures.Right);
        Row("exact answers: facts", "0.0 %", figures => figures.ExactFacts);
        Row("  two hops that no text tells", "0.0 %", figures => figures.ExactTwoHops);
        Row("  sums that no text has", "0.0 %", figures => figures.ExactSums);
        Row($"different right answers in {Examiner.Samples} samples", "0.0", figures => figures.DifferentAnswers);
        output.WriteLine($"a unigram model's perplexity of the text: {UnigramPerplexity.ToString("0.0", CultureInfo.InvariantCulture)}");
    }
}

/// <summary>Reads and writes <c>figures.json</c>.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PairFigures))]
internal sealed partial class FiguresJson : JsonSerializerContext
{
    /// <summary>Name of the file, beside the pair.</summary>
    public const string FileName = "figures.json";
}
