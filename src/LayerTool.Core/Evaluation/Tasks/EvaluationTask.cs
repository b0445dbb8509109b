using System.Collections.Immutable;
using LayerTool.Data;
using LayerTool.Faults;

namespace LayerTool.Evaluation.Tasks;

/// <summary>
/// A task as data: where its rows are, how a row becomes a question with its answer, and what is measured. Built-in tasks and
/// those of YAML files are values of this type; nothing else in the program knows a task by name.
/// </summary>
public sealed record EvaluationTask
{
    /// <summary>Its name, as the harness has it.</summary>
    public required string Name { get; init; }

    /// <summary>Its name in tables; the name itself where null.</summary>
    public string? Alias { get; init; }

    /// <summary>Version of the definition.</summary>
    public double Version { get; init; } = 1;

    /// <summary>What is asked of the model.</summary>
    public required OutputType Output { get; init; }

    /// <summary>The data set, for the message where it is missing.</summary>
    public required DataSource Data { get; init; }

    /// <summary>Files of each split, where the task itself names them.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> DataFiles { get; init; } = ImmutableDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);

    /// <summary>Split for training, or null.</summary>
    public string? TrainingSplit { get; init; }

    /// <summary>Split for validation, or null; evaluated where there is no test split.</summary>
    public string? ValidationSplit { get; init; }

    /// <summary>Split for testing, or null.</summary>
    public string? TestSplit { get; init; }

    /// <summary>Split that shots come from, or null for the training split, else the validation split, else the test split.</summary>
    public string? FewshotSplit { get; init; }

    /// <summary>How shots are taken.</summary>
    public FewshotSampling Sampling { get; init; }

    /// <summary>Shots where the command line names no number.</summary>
    public int Shots { get; init; }

    /// <summary>Text in front of everything.</summary>
    public string Description { get; init; } = "";

    /// <summary>Between a question and its answer.</summary>
    public string TargetDelimiter { get; init; } = " ";

    /// <summary>Behind the answer of a shot.</summary>
    public string FewshotDelimiter { get; init; } = "\n\n";

    /// <summary>The text in front of the answer; null where there are several (<see cref="RightInput"/>) or none.</summary>
    public Func<DataRow, string>? Question { get; init; }

    /// <summary>
    /// Number of the right one among several texts in front of one answer; then <see cref="Choices"/> are those texts. Null for a row
    /// that has one question.
    /// </summary>
    public Func<DataRow, int?>? RightInput { get; init; }

    /// <summary>The possible answers.</summary>
    public Func<DataRow, IReadOnlyList<string>>? Choices { get; init; }

    /// <summary>The right answer; of <see cref="OutputType.Rolling"/> the text that is measured.</summary>
    public required Func<DataRow, TaskTarget> Target { get; init; }

    /// <summary>Of <see cref="OutputType.Rolling"/>: the text whose words and bytes are counted; the target where null.</summary>
    public Func<DataRow, string>? CountedText { get; init; }

    /// <summary>What is measured.</summary>
    public required ImmutableArray<MetricKind> Metrics { get; init; }

    /// <summary>Of <see cref="OutputType.GenerateUntil"/>: when the model stops.</summary>
    public GenerationRules? Generation { get; init; }

    /// <summary>Of <see cref="OutputType.GenerateUntil"/>: the ways to take the answer out of the text.</summary>
    public ImmutableArray<AnswerFilter> Filters { get; init; } = [AnswerFilter.None];

    /// <summary>What <see cref="MetricKind.ExactMatch"/> cleans.</summary>
    public ExactMatchRules ExactMatch { get; init; } = ExactMatchRules.None;

    /// <summary>The split that is evaluated.</summary>
    public string EvaluatedSplit => TestSplit ?? ValidationSplit ?? TrainingSplit
        ?? throw new LayerToolException($"task `{Name}` names no split", "give it a `test_split` or a `validation_split`");

    /// <summary>Splits that shots may come from: the first that there is.</summary>
    public IEnumerable<string> PoolSplits => FewshotSplit is not null ? [FewshotSplit] : ((string?[])[TrainingSplit, ValidationSplit, TestSplit]).OfType<string>();

    /// <summary>
    /// Whether the evaluated document is taken out of its own shots. The harness does so where the split of the shots and the test
    /// split are called the same, or neither is named.
    /// </summary>
    public bool ShotsExcludeDocument => FewshotSplit == TestSplit;

    /// <summary>What becomes of a row.</summary>
    /// <exception cref="LayerToolException">A column is missing or holds what it should not.</exception>
    public TaskDocument Document(DataRow row)
    {
        ImmutableArray<string> choices = Choices is null ? [] : [.. Choices(row)];
        TaskTarget target = Target(row);
        if (Output == OutputType.MultipleChoice && choices.IsEmpty)
        {
            throw new LayerToolException($"{row.Place}: task `{Name}` finds no choices in it", "a document of a multiple choice task needs at least one");
        }

        return RightInput?.Invoke(row) is int right
            ? new TaskDocument(row, "", choices, choices, target, Gold(TaskTarget.Choice(right), choices))
            : new TaskDocument(row, Question?.Invoke(row) ?? "", [], choices, target, Gold(target, choices));
    }

    // A gold that names no choice is wrong whatever the model says; negative ones never arise from the data itself.
    private static ImmutableArray<int> Gold(TaskTarget target, ImmutableArray<string> choices) => target.Texts.IsEmpty
        ? [.. target.Indices.Where(index => index >= 0 && index < choices.Length)]
        : [.. target.Texts.Select(text => choices.IndexOf(text)).Where(index => index >= 0)];
}
