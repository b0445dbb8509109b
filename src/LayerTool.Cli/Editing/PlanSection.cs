using LayerTool.Checkpoints;
using LayerTool.Cli.Output;
using LayerTool.Plans;

namespace LayerTool.Cli.Editing;

/// <summary>A plan before and after an edit, and what the edit saves.</summary>
internal sealed class PlanSection : ISection
{
    private readonly View _view;

    private PlanSection(View view)
    {
        _view = view;
    }

    public object Json => _view;

    /// <summary>Compares a model's plan with the edited one.</summary>
    public static PlanSection Compare(OpenModel model, LayerPlan after) => new(new View(
        model.Name,
        PlanNotation.Print(model.Plan),
        PlanNotation.Print(after),
        PlanCost.Of(model.Plan, model.Sources),
        PlanCost.Of(after, model.Sources)));

    public void WriteText(ReportWriter writer)
    {
        writer.Pairs(
        [
            ("model", _view.Model),
            ("before", _view.Before),
            ("after", _view.After),
        ]);
        writer.Line();
        writer.Table(
            ["", Column.Number("before"), Column.Number("after"), Column.Number("change")],
            [
                Row("parameters", cost => cost.Parameters, Quantity.Count),
                Row("weights", cost => cost.WeightBytes, Quantity.Bytes),
                Row("KV cache a token", cost => cost.KvCacheBytesPerToken, Quantity.Bytes),
                Row("FLOPs a token", cost => cost.FlopsPerToken, Quantity.Count),
            ]);
    }

    private IReadOnlyList<string> Row(string name, Func<PlanCost, long> part, Func<double, string> format)
    {
        long before = part(_view.CostBefore);
        long after = part(_view.CostAfter);
        return [name, format(before), format(after), before == 0 ? "" : Quantity.Change((double)(after - before) / before)];
    }

    private sealed record View(string Model, string Before, string After, PlanCost CostBefore, PlanCost CostAfter);
}
