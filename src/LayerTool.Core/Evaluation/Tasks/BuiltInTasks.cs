using System.Collections.Immutable;
using LayerTool.Data;
using LayerTool.Faults;
using LayerTool.Python;
using LayerTool.Tokenization.Templates;

namespace LayerTool.Evaluation.Tasks;

/// <summary>The tasks that come with the tool, as lm-evaluation-harness 0.4.13 defines them.</summary>
public static class BuiltInTasks
{
    private static readonly ImmutableArray<MetricKind> PlainAndNormalized = [MetricKind.Accuracy, MetricKind.AccuracyByCharacters];

    /// <summary>All of them, in the order of lists.</summary>
    public static ImmutableArray<EvaluationTask> All { get; } =
    [
        Arc("arc_easy", "ARC-Easy"),
        Arc("arc_challenge", "ARC-Challenge"),
        new()
        {
            Name = "hellaswag",
            Output = OutputType.MultipleChoice,
            Data = new DataSource("Rowan/hellaswag"),
            TrainingSplit = "train",
            ValidationSplit = "validation",
            Question = row => TextCleaning.Hellaswag($"{row.Text("activity_label")}: {row.Text("ctx_a")} {LetterCase.Capitalize(row.Text("ctx_b"))}"),
            Choices = row => [.. row.Texts("endings").Select(TextCleaning.Hellaswag)],
            Target = row => TaskTarget.Choice(row.Integer("label")),
            Metrics = PlainAndNormalized,
        },
        new()
        {
            Name = "piqa",
            Output = OutputType.MultipleChoice,
            Data = new DataSource("baber/piqa"),
            TrainingSplit = "train",
            ValidationSplit = "validation",
            Question = row => $"Question: {row.Text("goal")}\nAnswer:",
            Choices = row => [row.Text("sol1"), row.Text("sol2")],
            Target = row => TaskTarget.Choice(row.Integer("label")),
            Metrics = PlainAndNormalized,
        },
        new()
        {
            Name = "winogrande",
            Output = OutputType.MultipleChoice,
            Data = new DataSource("allenai/winogrande", "winogrande_xl"),
            TrainingSplit = "train",
            ValidationSplit = "validation",
            RightInput = row => row.Integer("answer") - 1,
            Choices = row => [Before(row, "sentence", "_") + row.Text("option1"), Before(row, "sentence", "_") + row.Text("option2")],
            Target = row => TaskTarget.Text(PythonSpace.Trim(row.Text("sentence")[(Before(row, "sentence", "_").Length + 1)..])),
            Metrics = [MetricKind.Accuracy],
        },
        new()
        {
            Name = "boolq",
            Version = 2,
            Output = OutputType.MultipleChoice,
            Data = new DataSource("aps/super_glue", "boolq"),
            TrainingSplit = "train",
            ValidationSplit = "validation",
            Question = row => $"{row.Text("passage")}\nQuestion: {row.Text("question")}?\nAnswer:",
            Choices = _ => ["no", "yes"],
            Target = row => TaskTarget.Choice(row.Integer("label")),
            Metrics = [MetricKind.Accuracy],
        },
        new()
        {
            Name = "openbookqa",
            Output = OutputType.MultipleChoice,
            Data = new DataSource("allenai/openbookqa", "main"),
            TrainingSplit = "train",
            ValidationSplit = "validation",
            TestSplit = "test",
            Question = row => row.Text("question_stem"),
            Choices = row => row.Texts("choices.text"),
            Target = row => TaskTarget.Choice(Place(row, PythonSpace.TrimStart(row.Text("answerKey")), "choices.label")),
            Metrics = PlainAndNormalized,
        },
        new()
        {
            Name = "copa",
            Output = OutputType.MultipleChoice,
            Data = new DataSource("aps/super_glue", "copa"),
            TrainingSplit = "train",
            ValidationSplit = "validation",
            Question = row => $"{TextCleaning.WithoutLast(PythonSpace.Trim(row.Text("premise")))} {Connector(row)}",
            Choices = row => [CopaChoice(row, "choice1"), CopaChoice(row, "choice2")],
            Target = row => TaskTarget.Text(CopaChoice(row, row.Integer("label") == 0 ? "choice1" : "choice2")),
            Metrics = [MetricKind.Accuracy],
        },
        new()
        {
            Name = "lambada_openai",
            Output = OutputType.LogLikelihood,
            Data = new DataSource("EleutherAI/lambada_openai", "default"),
            TestSplit = "test",
            Question = row => row.Text("text") is string text && text.LastIndexOf(' ') is int space and >= 0 ? text[..space] : "",
            Target = row => TaskTarget.Text(" " + row.Text("text")[(row.Text("text").LastIndexOf(' ') + 1)..]),
            Metrics = [MetricKind.Perplexity, MetricKind.Accuracy],
        },
        new()
        {
            Name = "wikitext",
            Version = 2,
            Output = OutputType.Rolling,
            Data = new DataSource("EleutherAI/wikitext_document_level", "wikitext-2-raw-v1"),
            TrainingSplit = "train",
            ValidationSplit = "validation",
            TestSplit = "test",
            Target = row => TaskTarget.Text(TextCleaning.Wikitext(row.Text("page"))),
            CountedText = row => row.Text("page"),
            Metrics = [MetricKind.WordPerplexity, MetricKind.BytePerplexity, MetricKind.BitsPerByte, MetricKind.TokenPerplexity],
        },
        new()
        {
            Name = "gsm8k",
            Version = 3,
            Output = OutputType.GenerateUntil,
            Data = new DataSource("openai/gsm8k", "main"),
            TrainingSplit = "train",
            TestSplit = "test",
            FewshotSplit = "train",
            Shots = 5,
            Question = row => $"Question: {row.Text("question")}\nAnswer:",
            Target = row => TaskTarget.Text(row.Text("answer")),
            Generation = new GenerationRules(["Question:", "</s>", "<|im_end|>"]),
            Filters =
            [
                new AnswerFilter("strict-match", [new RegexStep(@"#### (\-?[0-9\.\,]+)")]),
                new AnswerFilter("flexible-extract", [new RegexStep("(-?[$0-9.,]{2,})|(-?[0-9]+)", Selected: -1)]),
            ],
            ExactMatch = new ExactMatchRules([",", @"\$", "(?s).*#### ", @"\.$"], IgnoreCase: true),
            Metrics = [MetricKind.ExactMatch],
        },
        .. MmluTasks.All,
    ];

    /// <summary>The groups that come with the tool.</summary>
    public static ImmutableArray<TaskGroup> Groups { get; } = MmluTasks.Groups;

    private static EvaluationTask Arc(string name, string configuration) => new()
    {
        Name = name,
        Output = OutputType.MultipleChoice,
        Data = new DataSource("allenai/ai2_arc", configuration),
        TrainingSplit = "train",
        ValidationSplit = "validation",
        TestSplit = "test",
        Question = row => $"Question: {row.Text("question")}\nAnswer:",
        Choices = row => row.Texts("choices.text"),
        Target = row => TaskTarget.Choice(Place(row, row.Text("answerKey"), "choices.label")),
        Metrics = PlainAndNormalized,
    };

    // The harness's templates raise here, and so does this.
    private static int Place(DataRow row, string label, string column)
    {
        int place = row.Texts(column).ToList().IndexOf(label);
        return place >= 0 ? place : throw row.Wrong(column, row[column], $"a list with {Quoted.Text(label)} in it");
    }

    private static string Before(DataRow row, string column, string mark)
    {
        int place = row.Text(column).IndexOf(mark, StringComparison.Ordinal);
        return place >= 0 ? row.Text(column)[..place] : throw row.Wrong(column, row[column], $"a text with `{mark}` in it");
    }

    private static string Connector(DataRow row) => row.Text("question") switch
    {
        "cause" => "because",
        "effect" => "therefore",
        _ => throw row.Wrong("question", row["question"], "`cause` or `effect`"),
    };

    // Behind the delimiter's space stands one of the choice's own.
    private static string CopaChoice(DataRow row, string column)
    {
        string choice = row.Text(column);
        return choice.Length > 0 ? $" {TextCleaning.LowerFirst(choice)}" : throw row.Wrong(column, row[column], "a text that is not empty");
    }
}
