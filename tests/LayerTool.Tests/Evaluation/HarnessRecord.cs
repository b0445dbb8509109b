using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Evaluation;
using LayerTool.Evaluation.Tasks;
using LayerTool.Tests.Support;
using LayerTool.Tokenization.Chat;
using Xunit;

namespace LayerTool.Tests.Evaluation;

/// <summary>A run of lm-evaluation-harness, sample by sample, and the same run here.</summary>
internal sealed class HarnessRecord
{
    private static readonly DataSetCache NoCache = new(Path.Combine(Path.GetTempPath(), "layertool-no-cache"));

    private HarnessRecord(string model, string run, JsonElement head)
    {
        Model = model;
        Run = run;
        Head = head;
        Samples = [.. head.GetProperty("samples").EnumerateArray()];
    }

    public string Model { get; }

    public string Run { get; }

    public JsonElement Head { get; }

    public ImmutableArray<JsonElement> Samples { get; }

    public static HarnessRecord Read(string model, string run)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(SharedFiles.Find($"golden/harness/{model}/{run}.json")));
        return new HarnessRecord(model, run, json.RootElement.Clone());
    }

    /// <summary>Names of a model's runs, or none where the reference data is missing.</summary>
    public static IEnumerable<string> Runs(string model)
    {
        string folder = Path.Combine(SharedFiles.Repository, "..", "shared", "golden", "harness", model);
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal) : [];
    }

    /// <summary>The task with the record's own data files, its first documents prepared.</summary>
    public PreparedTask Prepare(int documents, PromptStyle? style = null)
    {
        EvaluationTask task = BuiltInTasks.All.Single(task => task.Name == Head.GetProperty("task").GetString());
        ImmutableDictionary<string, ImmutableArray<string>> files = Head.GetProperty("data").EnumerateObject().ToImmutableDictionary(
            split => split.Name, split => ImmutableArray.Create(SharedFiles.Find(split.Value.GetString()!["shared/".Length..])));
        string evaluated = files.Keys.Single(split => split == task.EvaluatedSplit || !files.ContainsKey(task.EvaluatedSplit));
        return PreparedTask.Prepare(
            task with { DataFiles = files },
            new TaskFiles(null, NoCache),
            new TaskOptions
            {
                Shots = Head.GetProperty("num_fewshot").GetInt32(),
                Offset = Head.GetProperty("first_doc").GetInt32(),
                Limit = documents,
                Split = evaluated,
                Seed = Head.GetProperty("fewshot_seed").GetInt64(),
                Style = style ?? new PromptStyle(),
            },
            TestContext.Current.CancellationToken);
    }

    /// <summary>How the record's prompts were made.</summary>
    /// <param name="folder">The model's.</param>
    public PromptStyle Style(string folder) => Head.GetProperty("apply_chat_template").GetBoolean()
        ? new PromptStyle(ChatPrompt.Of(ChatTemplate.Open(folder)), ShotsAsTurns: Head.GetProperty("options").TryGetProperty("multiturn", out _))
        : new PromptStyle();

    public TaskRunOptions Options => new()
    {
        Bos = Head.GetProperty("add_bos_token").ValueKind == JsonValueKind.False ? BosRule.Never : BosRule.Tokenizer,
        MaxLength = Head.GetProperty("max_length").GetInt32(),
        BootstrapIterations = Head.GetProperty("bootstrap_iters").GetInt32(),
    };
}
