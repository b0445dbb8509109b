using System.Text.Json;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Output;
using LayerTool.Evaluation;
using LayerTool.Plans;

namespace LayerTool.Cli.Commands;

/// <summary>
/// What <c>layertool eval</c> prints. Its JSON has the harness's form, without a schema field: <c>results</c> by text,
/// <c>configs</c>, <c>n-samples</c>, <c>config</c>.
/// </summary>
internal sealed class EvalReport(OpenModel model, EvalCommand.Request request, RunSettings settings) : ISection
{
    private readonly List<(EvaluationText Text, PerplexityResult Result)> _results = [];

    public object Json => new OrderedDictionary<string, object?>
    {
        ["results"] = ByText((text, result) =>
        {
            OrderedDictionary<string, object> fields = PerplexityFields.Of(result);
            fields.Insert(0, "alias", text.Name);
            return fields;
        }),
        ["configs"] = ByText((text, _) => new OrderedDictionary<string, object?>
        {
            ["task"] = text.Name,
            ["file"] = text.File,
            ["sha256"] = text.Hash,
            ["packed"] = request.Text.Options.Packed,
            ["seq"] = request.Text.Options.WindowLength,
            ["bos"] = request.Text.Options.Bos.ToString().ToLowerInvariant(),
            ["rolling_bos"] = request.Text.Options.RollingBos == RollingBos.Once ? "once" : "as-lmeval",
            ["tokenizer"] = request.Text.Tokenizer.ToString().ToLowerInvariant(),
        }),
        ["n-samples"] = ByText((text, _) => new OrderedDictionary<string, object> { ["effective"] = text.Text.Documents }),
        ["config"] = new OrderedDictionary<string, object?>
        {
            ["model"] = "layertool",
            ["model_args"] = model.Name,
            ["plan"] = PlanNotation.Print(model.Plan),
            ["device"] = settings.Device,
            ["dtype"] = settings.Dtype,
            ["softmax_dtype"] = "float32",
            ["threads"] = settings.Threads,
            ["random_seed"] = settings.Seed,
            ["batch_size"] = request.Text.Options.BatchSize,
            ["limit"] = request.Text.Options.Limit,
        },
        ["layertool_version"] = settings.Version,
        ["total_evaluation_time_seconds"] = _results.Sum(pair => pair.Result.Duration.TotalSeconds),
    };

    /// <summary>Adds a measured text.</summary>
    public void Add(EvaluationText text, PerplexityResult result) => _results.Add((text, result));

    /// <summary>Prints the report.</summary>
    public void Show(Reporter reporter)
    {
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
        writer.Pairs([("model", model.Name), ("plan", PlanNotation.Print(model.Plan)), ("computed in", settings.Dtype)]);
        writer.Line();
        writer.Table(
            ["text", Column.Number("documents"), Column.Number("windows"), Column.Number("tokens"), "measure", Column.Number("value")],
            _results.SelectMany(pair => PerplexityFields.Shown(pair.Result).Select((shown, index) => (IReadOnlyList<string>)
            [
                index == 0 ? pair.Text.Name : "",
                index == 0 ? Quantity.Whole(pair.Text.Text.Documents) : "",
                index == 0 ? Quantity.Whole(pair.Text.Text.Windows.Length) : "",
                index == 0 ? Quantity.Whole(pair.Result.TokensPredicted) : "",
                shown.Name,
                Quantity.Perplexity(shown.Value),
            ])));
    }

    private OrderedDictionary<string, object> ByText(Func<EvaluationText, PerplexityResult, object> value)
    {
        OrderedDictionary<string, object> all = [];
        foreach ((EvaluationText text, PerplexityResult result) in _results)
        {
            all[text.Name] = value(text, result);
        }

        return all;
    }
}
