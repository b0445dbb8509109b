using LayerTool.Checkpoints;
using LayerTool.Data;
using LayerTool.Evaluation;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Samples.Pair.Text;
using LayerTool.Tensors;
using LayerTool.Tokenization;

namespace LayerTool.Samples.Pair.Measuring;

/// <summary>Measures a model of the pair on what neither was trained on.</summary>
internal sealed class Examiner(QuestionBook questions, TextFiles text, ComputeSettings settings)
{
    /// <summary>Samples of each open question.</summary>
    public const int Samples = 32;

    /// <summary>Measures a plan.</summary>
    /// <param name="sources">The checkpoints as saved.</param>
    /// <param name="plan">What is played.</param>
    public Figures Measure(CheckpointSet sources, LayerPlan plan)
    {
        Tokenizer tokenizer = Tokenizer.Open(sources.Main.Folder, TokenizerMode.Auto);
        using Decoder decoder = Decoder.Open(sources, settings);
        Interview interview = new(decoder, plan, sources.Main, tokenizer, questions.HeldOut);
        IReadOnlyList<GeneratedText> likeliest = interview.Likeliest();
        IReadOnlyList<IReadOnlyList<GeneratedText>> drawn = interview.Drawn(Samples);

        double Perplexity(string file) => PerplexityEvaluator.Evaluate(
            decoder, plan, PerplexityText.Prepare(file, DocumentFile.Open(file).Documents(), tokenizer, sources.Main.Config, new PerplexityOptions())).TokenPerplexity;

        double Exact(QuestionKind kind) => Share(likeliest, AnswerStyle.IsExact, question => question.Kind == kind);

        return new Figures(
            Perplexity(text.Evaluation),
            Perplexity(text.Questions),
            drawn.Average(answers => Share(answers, (answer, _) => AnswerStyle.IsInFormat(answer), _ => true)),
            drawn.Average(answers => Share(answers, (answer, question) => AnswerStyle.RightAnswer(answer, question) is not null, question => question.Kind != QuestionKind.Open)),
            Exact(QuestionKind.Fact),
            Exact(QuestionKind.TwoHops),
            Exact(QuestionKind.Sum),
            DifferentAnswers(drawn));
    }

    private double Share(IReadOnlyList<GeneratedText> answers, Func<GeneratedText, Question, bool> counts, Func<Question, bool> asked) =>
        questions.HeldOut.Zip(answers).Where(pair => asked(pair.First)).Average(pair => counts(pair.Second, pair.First) ? 1.0 : 0.0);

    private double DifferentAnswers(IReadOnlyList<IReadOnlyList<GeneratedText>> drawn) => questions.HeldOut.Index()
        .Where(asked => asked.Item.Kind == QuestionKind.Open)
        .Average(asked => drawn.Select(answers => AnswerStyle.RightAnswer(answers[asked.Index], asked.Item)).OfType<string>().Distinct().Count());
}
