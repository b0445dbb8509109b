using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Output;
using LayerTool.Evaluation;
using LayerTool.Plans;

namespace LayerTool.Cli.Commands;

/// <summary>
/// What <c>layertool eval</c> prints. Its JSON has the harness's form, without a schema field: <c>results</c>, <c>groups</c>,
/// <c>configs</c>, <c>versions</c>, <c>n-shot</c>, <c>higher_is_better</c>, <c>n-samples</c>, <c>config</c>. With several plans it is a list of
/// such documents, and the differences.
/// </summary>
internal sealed class EvalReport(OpenModel model, ImmutableArray<NamedPlan> plans, EvalCommand.Request request, RunSettings settings) : ISection
{
    private readonly List<(EvaluationText Text, ImmutableArray<PerplexityResult> ByPlan)> _texts = [];
    private readonly List<DiversityResult> _diversity = [];
    private PreparedTasks? _tasks;
    private TaskRunResult? _run;

    public object Json
    {
        get
        {
            OrderedDictionary<string, object>[] documents = [.. Enumerable.Range(0, plans.Length).Select(Document)];
            return documents.Length == 1
                ? documents[0]
                : new OrderedDictionary<string, object> { ["plans"] = documents, ["differences"] = _run is null ? [] : DifferenceTable.Json(plans, _run) };
        }
    }

    private TimeSpan Duration => (_run?.Duration ?? TimeSpan.Zero) + TimeSpan.FromSeconds(
        _texts.Sum(text => text.ByPlan[0].Duration.TotalSeconds) + _diversity.Sum(result => result.Duration.TotalSeconds));

    /// <summary>Adds a measured text.</summary>
    public void Add(EvaluationText text, ImmutableArray<PerplexityResult> byPlan) => _texts.Add((text, byPlan));

    /// <summary>Adds what was found of diversity.</summary>
    public void Add(DiversityResult result) => _diversity.Add(result);

    /// <summary>Adds the tasks.</summary>
    public void Add(PreparedTasks tasks, TaskRunResult run)
    {
        _tasks = tasks;
        _run = run;
    }

    /// <summary>Prints the report.</summary>
    public void Show(Reporter reporter)
    {
        if (request.Harness.Csv is string file && _tasks is not null && _run is not null)
        {
            TaskCsv.Write(file, plans, _tasks, _run);
        }

        if (reporter.Settings.Json)
        {
            reporter.Line(JsonSerializer.Serialize(Json, JsonReport.Indented));
        }
        else
        {
            reporter.ShowText(this);
        }
    }

    public void WriteText(ReportWriter writer)
    {
        writer.Pairs(
        [
            ("model", model.Name),
            .. plans.Length == 1 ? [("plan", PlanNotation.Print(plans[0].Plan))] : Array.Empty<(string, string)>(),
            ("computed in", settings.Dtype),
        ]);
        if (_texts.Count > 0)
        {
            writer.Line();
            WriteTexts(writer);
        }

        if (_diversity.Count > 0)
        {
            writer.Line();
            WriteDiversity(writer);
        }

        if (_tasks is null || _run is null)
        {
            return;
        }

        writer.Line();
        if (plans.Length == 1)
        {
            writer.Table(
                ["task", Column.Number("version"), Column.Number("shots"), "filter", "metric", "better", Column.Number("value"), Column.Number("stderr")],
                TaskTables.Rows(_tasks, _run.ByPlan[0]));
        }
        else
        {
            DifferenceTable.Write(writer, plans, _run);
        }

        writer.Line();
        writer.Line(CostLine(_run));
    }

    private double Tokens => (_run?.Cost.Tokens ?? 0) + _texts.Sum(text => text.Text.Text.Windows.Sum(window => (double)window.InputLength));

    private static long PeakMemory
    {
        get
        {
            using Process process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    private static string CostLine(TaskRunResult run)
    {
        double seconds = Math.Max(run.Duration.TotalSeconds, 1e-9);
        string saved = run.Cost.Tokens == 0 ? "" : FormattableString.Invariant($", {(double)run.Cost.TokensAlone / run.Cost.Tokens:0.00} times as many with each request alone");
        return $"{Quantity.Whole(run.Cost.Tokens)} tokens{saved}; {Quantity.Duration(run.Duration)}, {Quantity.Whole((long)(run.Cost.Tokens / seconds))} tokens/s, {Quantity.Bytes(PeakMemory)} at most";
    }

    private void WriteTexts(ReportWriter writer) => writer.Table(
        ["text", .. plans.Length == 1 ? Array.Empty<Column>() : ["plan"], Column.Number("documents"), Column.Number("windows"), Column.Number("tokens"), "measure", Column.Number("value")],
        _texts.SelectMany(text => text.ByPlan.SelectMany((result, plan) => PerplexityFields.Shown(result).Select((shown, index) => (IReadOnlyList<string>)
        [
            index == 0 && plan == 0 ? text.Text.Name : "",
            .. plans.Length == 1 ? [] : (string[])[index == 0 ? plans[plan].Name : ""],
            index == 0 ? Quantity.Whole(result.Text.Documents) : "",
            index == 0 ? Quantity.Whole(result.Text.Windows.Length) : "",
            index == 0 ? Quantity.Whole(result.TokensPredicted) : "",
            shown.Name,
            Quantity.Perplexity(shown.Value),
        ]))));

    private void WriteDiversity(ReportWriter writer) => writer.Table(
        ["prompts", .. plans.Length == 1 ? Array.Empty<Column>() : ["plan"], Column.Number("number"), "measure", Column.Number("value")],
        _diversity.SelectMany(result => result.ByPlan.SelectMany((measures, plan) => measures.Select((measure, index) => (IReadOnlyList<string>)
        [
            index == 0 && plan == 0 ? result.Name : "",
            .. plans.Length == 1 ? [] : (string[])[index == 0 ? plans[plan].Name : ""],
            index == 0 ? Quantity.Whole(result.Prompts) : "",
            measure.Measure,
            measure.Value.ToString("0.0000", CultureInfo.InvariantCulture),
        ]))));

    private OrderedDictionary<string, object> Document(int plan)
    {
        OrderedDictionary<string, object> document = _tasks is null || _run is null ? [] : TaskJson.Of(_tasks, _run.ByPlan[plan]);
        foreach ((EvaluationText text, ImmutableArray<PerplexityResult> byPlan) in _texts)
        {
            OrderedDictionary<string, object> fields = PerplexityFields.Of(byPlan[plan]);
            fields.Insert(0, "alias", text.Name);
            Put(document, text.Name, fields, TextConfig(text), byPlan[plan].Text.Documents);
        }

        foreach (DiversityResult result in _diversity)
        {
            OrderedDictionary<string, object?> config = new(result.Config);
            config.Insert(0, "task", result.Name);
            config.Insert(1, "sha256", result.Hash);
            Put(document, result.Name, result.Fields(plan), config, result.Prompts);
        }

        document["config"] = Config(plan);
        document["layertool_version"] = settings.Version;
        document["total_evaluation_time_seconds"] = Duration.TotalSeconds;
        document["tokens_per_second"] = Tokens / Math.Max(Duration.TotalSeconds, 1e-9);
        document["peak_memory_bytes"] = PeakMemory;
        return document;
    }

    private static void Put(OrderedDictionary<string, object> document, string name, object results, object config, long documents)
    {
        (string Part, object Entry)[] entries = [("results", results), ("configs", config), ("n-samples", new OrderedDictionary<string, object> { ["effective"] = documents })];
        foreach ((string part, object entry) in entries)
        {
            if (!document.TryGetValue(part, out object? known))
            {
                known = new OrderedDictionary<string, object>();
                document[part] = known;
            }

            ((OrderedDictionary<string, object>)known)[name] = entry;
        }
    }

    private OrderedDictionary<string, object?> TextConfig(EvaluationText text) => new()
    {
        ["task"] = text.Name,
        ["file"] = text.File,
        ["sha256"] = text.Hash,
        ["packed"] = request.Text.Options.Packed,
        ["seq"] = request.Text.Options.WindowLength,
        ["bos"] = request.Text.Options.Bos.ToString().ToLowerInvariant(),
        ["rolling_bos"] = RollingBosName,
        ["tokenizer"] = request.Text.Tokenizer.ToString().ToLowerInvariant(),
    };

    private string RollingBosName => request.Text.Options.RollingBos == RollingBos.Once ? "once" : "as-lmeval";

    private OrderedDictionary<string, object?> Config(int plan) => new()
    {
        ["model"] = "layertool",
        ["model_args"] = plans[plan].Name,
        ["plan"] = PlanNotation.Print(plans[plan].Plan),
        ["device"] = settings.Device,
        ["dtype"] = settings.Dtype,
        ["softmax_dtype"] = request.Harness.SoftmaxInModelDtype ? settings.Dtype : "float32",
        ["bos"] = request.Text.Options.Bos.ToString().ToLowerInvariant(),
        ["rolling_bos"] = RollingBosName,
        ["threads"] = settings.Threads,
        ["random_seed"] = settings.Seed,
        ["fewshot_seed"] = request.Harness.Seed,
        ["batch_size"] = request.Text.Options.BatchSize,
        ["limit"] = request.Harness.Limit,
        ["offset"] = request.Harness.Offset,
        ["bootstrap_iters"] = request.Harness.BootstrapIterations,
        ["apply_chat_template"] = request.Harness.ChatTemplate,
        ["fewshot_as_multiturn"] = request.Harness.ChatTemplate && request.Harness.ShotsAsTurns,
        ["system_instruction"] = request.Harness.SystemInstruction,
        ["max_length"] = request.Harness.MaxLength ?? model.Sources.Main.Config.ContextLength,
    };
}
