using System.Collections.Immutable;
using LayerTool.Data;
using LayerTool.Faults;

namespace LayerTool.Evaluation.Tasks;

/// <summary>A task with its documents, shots drawn and prompts made: what is left to do needs a model.</summary>
public sealed class PreparedTask
{
    private PreparedTask(EvaluationTask task, int shots, string split, int original, ImmutableArray<PreparedDocument> documents)
    {
        Task = task;
        Shots = shots;
        Split = split;
        Original = original;
        Documents = documents;
    }

    /// <summary>The task.</summary>
    public EvaluationTask Task { get; }

    /// <summary>Shots of each document.</summary>
    public int Shots { get; }

    /// <summary>The split that is evaluated.</summary>
    public string Split { get; }

    /// <summary>Documents that the split has.</summary>
    public int Original { get; }

    /// <summary>The documents that are used.</summary>
    public ImmutableArray<PreparedDocument> Documents { get; }

    /// <summary>Reads the files, draws the shots, makes the prompts.</summary>
    /// <exception cref="LayerToolException">A file, a split or a column is missing, or the pool is too small.</exception>
    public static PreparedTask Prepare(EvaluationTask task, TaskFiles files, TaskOptions options, CancellationToken cancellation = default)
    {
        string split = options.Split ?? task.EvaluatedSplit;
        IReadOnlyList<DataRow> rows = files.Rows(task, split);
        int shots = task.Output == OutputType.Rolling ? 0 : options.Shots ?? task.Shots;
        FewshotPool pool = new(task, shots == 0 ? [] : PoolRows(task, files, split), shots, options.Seed);
        PromptBuilder prompts = new(task, options.Style);
        ImmutableArray<PreparedDocument>.Builder documents = ImmutableArray.CreateBuilder<PreparedDocument>();
        foreach (DataRow row in Taken(task, rows, options))
        {
            cancellation.ThrowIfCancellationRequested();
            TaskDocument document = task.Document(row);
            ImmutableArray<int> drawn = pool.Next(row);
            IReadOnlyList<string> contexts = task.Output == OutputType.Rolling
                ? [""]
                : prompts.Contexts(document, [.. drawn.Select(place => task.Document(pool[place]))]);
            documents.Add(new PreparedDocument(document, drawn, Requests(task, document, contexts, prompts.TargetDelimiter)));
        }

        return new PreparedTask(task, shots, split, rows.Count, documents.ToImmutable());
    }

    /// <summary>A task whose documents and requests are made elsewhere.</summary>
    internal static PreparedTask Of(EvaluationTask task, string split, ImmutableArray<PreparedDocument> documents) => new(task, 0, split, documents.Length, documents);

    // Shots that would come from the evaluated split come from the one that takes its place.
    private static IReadOnlyList<DataRow> PoolRows(EvaluationTask task, TaskFiles files, string evaluated)
    {
        string pool = task.PoolSplits.FirstOrDefault(split => files.Has(task, split)) ?? task.PoolSplits.First();
        return files.Rows(task, pool == task.EvaluatedSplit ? evaluated : pool);
    }

    private static IEnumerable<DataRow> Taken(EvaluationTask task, IReadOnlyList<DataRow> rows, TaskOptions options)
    {
        if (options.Offset >= rows.Count)
        {
            throw new LayerToolException($"`--offset` is {options.Offset}, and task `{task.Name}` has {rows.Count} documents", $"expected at most {rows.Count - 1}");
        }

        int count = options.Limit switch
        {
            null => rows.Count,
            < 1 => (int)Math.Ceiling(rows.Count * options.Limit.Value),
            _ => (int)Math.Min(options.Limit.Value, int.MaxValue),
        };
        return rows.Skip(options.Offset).Take(count);
    }

    private static ImmutableArray<TextRequest> Requests(EvaluationTask task, TaskDocument document, IReadOnlyList<string> contexts, string delimiter)
    {
        switch (task.Output)
        {
            case OutputType.LogLikelihood:
                return [new TextRequest(contexts[0], document.Target.Answer(document.Choices) ?? "")];
            case OutputType.Rolling:
                return [new TextRequest("", document.Target.Answer([]))];
            case OutputType.GenerateUntil:
                return [new TextRequest(contexts[0], null)];
        }

        string[] answers = document.Inputs.IsEmpty
            ? [.. document.Choices.Select(choice => delimiter + choice)]
            : [.. contexts.Select(_ => delimiter + document.Target)];
        IEnumerable<TextRequest> asked = answers.Select((answer, index) => new TextRequest(contexts.Count > 1 ? contexts[index] : contexts[0], answer));
        IEnumerable<TextRequest> alone = task.Metrics.Contains(MetricKind.AccuracyByMutualInformation)
            ? document.Choices.Select(choice => new TextRequest("", delimiter + choice))
            : [];
        return [.. asked, .. alone];
    }
}
