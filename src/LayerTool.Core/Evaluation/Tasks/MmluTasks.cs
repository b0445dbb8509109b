using System.Collections.Immutable;
using LayerTool.Data;
using LayerTool.Tokenization.Templates;

namespace LayerTool.Evaluation.Tasks;

/// <summary>The 57 subjects of MMLU (Hendrycks et al. 2021) and their groups.</summary>
internal static class MmluTasks
{
    private const double GroupVersion = 2;

    private static readonly ImmutableArray<string> Letters = ["A", "B", "C", "D"];

    private static readonly ImmutableArray<(string Area, ImmutableArray<string> Subjects)> Areas =
    [
        (
            "stem",
            [
                "abstract_algebra", "anatomy", "astronomy", "college_biology", "college_chemistry", "college_computer_science",
                "college_mathematics", "college_physics", "computer_security", "conceptual_physics", "electrical_engineering",
                "elementary_mathematics", "high_school_biology", "high_school_chemistry", "high_school_computer_science",
                "high_school_mathematics", "high_school_physics", "high_school_statistics", "machine_learning",
            ]),
        (
            "other",
            [
                "business_ethics", "clinical_knowledge", "college_medicine", "global_facts", "human_aging", "management", "marketing",
                "medical_genetics", "miscellaneous", "nutrition", "professional_accounting", "professional_medicine", "virology",
            ]),
        (
            "social_sciences",
            [
                "econometrics", "high_school_geography", "high_school_government_and_politics", "high_school_macroeconomics",
                "high_school_microeconomics", "high_school_psychology", "human_sexuality", "professional_psychology", "public_relations",
                "security_studies", "sociology", "us_foreign_policy",
            ]),
        (
            "humanities",
            [
                "formal_logic", "high_school_european_history", "high_school_us_history", "high_school_world_history", "international_law",
                "jurisprudence", "logical_fallacies", "moral_disputes", "moral_scenarios", "philosophy", "prehistory", "professional_law",
                "world_religions",
            ]),
    ];

    /// <summary>One task a subject.</summary>
    public static IEnumerable<EvaluationTask> All => Areas.SelectMany(area => area.Subjects).Order(StringComparer.Ordinal).Select(Task);

    /// <summary>All of them, and the four areas.</summary>
    public static ImmutableArray<TaskGroup> Groups =>
    [
        new("mmlu", [.. Areas.Select(area => $"mmlu_{area.Area}")], GroupVersion),
        .. Areas.Select(area => new TaskGroup(
            $"mmlu_{area.Area}", [.. area.Subjects.Select(subject => $"mmlu_{subject}")], GroupVersion, area.Area.Replace('_', ' '))),
    ];

    private static EvaluationTask Task(string subject) => new()
    {
        Name = $"mmlu_{subject}",
        Alias = subject,
        Output = OutputType.MultipleChoice,
        Data = new DataSource("cais/mmlu", subject),
        TestSplit = "test",
        FewshotSplit = "dev",
        Sampling = FewshotSampling.First,
        Description = $"The following are multiple choice questions (with answers) about {subject.Replace('_', ' ')}.\n\n",
        Question = Question,
        Choices = _ => Letters,
        Target = row => TaskTarget.Choice(row.Integer("answer")),
        Metrics = [MetricKind.Accuracy],
    };

    private static string Question(DataRow row)
    {
        IReadOnlyList<string> choices = row.Texts("choices");
        return choices.Count >= Letters.Length
            ? $"{PythonSpace.Trim(row.Text("question"))}\nA. {choices[0]}\nB. {choices[1]}\nC. {choices[2]}\nD. {choices[3]}\nAnswer:"
            : throw row.Wrong("choices", row["choices"], "four texts");
    }
}
