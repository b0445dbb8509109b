using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Cli.Output;
using LayerTool.Plans;

namespace LayerTool.Cli.Editing;

/// <summary>A plan before and after an edit, and what the edit saves.</summary>
internal sealed class PlanSection : ISection
{
    private const int MostChanges = 20;

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
        after.EmbeddingSource,
        after.HeadSource,
        after.EndsAdapter,
        PlanDiff.Between(model.Plan, after).Lines(),
        PlanCost.Of(model.Plan, model.Sources),
        PlanCost.Of(after, model.Sources)));

    public void WriteText(ReportWriter writer)
    {
        List<(string Name, string Value)> pairs = [("model", _view.Model), ("before", _view.Before), ("after", _view.After)];
        if (_view.Embedding != LayerPlan.Main || _view.Head != LayerPlan.Main)
        {
            pairs.Add(("embedding", $"of {_view.Embedding}"));
            pairs.Add(("head", $"of {_view.Head}"));
        }

        if (_view.EndsAdapter is string adapter)
        {
            pairs.Add(("adapter of the ends", adapter));
        }

        writer.Pairs(pairs);
        writer.Line();
        foreach (string change in _view.Changes.Take(MostChanges))
        {
            writer.Line(change);
        }

        if (_view.Changes.Length > MostChanges)
        {
            writer.Line($"and {_view.Changes.Length - MostChanges} more changes");
        }

        if (_view.Changes.Length > 0)
        {
            writer.Line();
        }

        writer.Table(
            ["", Column.Number("before"), Column.Number("after"), Column.Number("change")],
            [
                Row("parameters", cost => cost.Parameters, Quantity.Count),
                Row("weights", cost => cost.WeightBytes, Quantity.Bytes),
                Row("KV cache a token", cost => cost.KvCacheBytesPerToken, Quantity.Bytes),
                Row("FLOPs a token", cost => cost.FlopsPerToken, Quantity.Count),
            ]);
    }

    private IReadOnlyList<string> Row(string name, Func<PlanCost, long?> part, Func<double, string> format) =>
        part(_view.CostBefore) is long before && part(_view.CostAfter) is long after
            ? [name, format(before), format(after), before == 0 ? "" : Quantity.Change((double)(after - before) / before)]
            : [name, "unknown", "unknown", ""];

    private sealed record View(
        string Model,
        string Before,
        string After,
        string Embedding,
        string Head,
        string? EndsAdapter,
        ImmutableArray<string> Changes,
        PlanCost CostBefore,
        PlanCost CostAfter);
}
