using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Output;
using LayerTool.Evaluation;
using LayerTool.Plans;

namespace LayerTool.Cli.Commands;

/// <summary>What <c>layertool compare</c> prints.</summary>
internal sealed class CompareReport(OpenModel left, OpenModel right, ImmutableArray<SlotPair> pairs, RunSettings settings) : IReport
{
    private readonly List<(EvaluationText Text, PlanComparison Comparison)> _results = [];

    public string Schema => "layertool.compare/1";

    public object Json => new
    {
        Model = new { left.Name, Plan = PlanNotation.Print(left.Plan) },
        Other = new { right.Name, Plan = PlanNotation.Print(right.Plan) },
        Settings = settings,
        Texts = _results.Select(pair => new
        {
            pair.Text.Name,
            pair.Text.File,
            Sha256 = pair.Text.Hash,
            pair.Text.Text.Packed,
            Windows = pair.Text.Text.Windows.Length,
            pair.Comparison.Tokens,
            Loss = pair.Comparison.LeftLoss,
            OtherLoss = pair.Comparison.RightLoss,
            KullbackLeibler = pair.Comparison.Divergence,
            TopAgreement = pair.Comparison.Agreement,
            Slots = pairs.Zip(pair.Comparison.Cosines, (slots, cosine) => new
            {
                Slot = slots.Left,
                OtherSlot = slots.Right,
                slots.Layer.Source,
                slots.Layer.Layer,
                Cosine = cosine,
            }),
        }),
    };

    /// <summary>Adds a text.</summary>
    public void Add(EvaluationText text, PlanComparison comparison) => _results.Add((text, comparison));

    public void WriteText(ReportWriter writer)
    {
        writer.Pairs(
        [
            ("model", left.Name),
            ("plan", PlanNotation.Print(left.Plan)),
            ("other", right.Name),
            ("its plan", PlanNotation.Print(right.Plan)),
            ("computed in", settings.Dtype),
        ]);
        writer.Line();
        writer.Table(
            ["text", Column.Number("tokens"), Column.Number("loss"), Column.Number("other's"), Column.Number("KL"), Column.Number("same top token")],
            _results.Select(pair => (IReadOnlyList<string>)
            [
                pair.Text.Name,
                Quantity.Whole(pair.Comparison.Tokens),
                Invariant($"{pair.Comparison.LeftLoss:F4}"),
                Invariant($"{pair.Comparison.RightLoss:F4}"),
                Invariant($"{pair.Comparison.Divergence:F6}"),
                Invariant($"{100 * pair.Comparison.Agreement:F1} %"),
            ]));
        if (pairs.IsEmpty)
        {
            return;
        }

        writer.Line();
        writer.Table(
            [Column.Number("slot"), Column.Number("other's"), "layer", .. _results.Select(pair => Column.Number(_results.Count == 1 ? "cosine" : $"cosine on {pair.Text.Name}"))],
            pairs.Select((slots, index) => (IReadOnlyList<string>)
            [
                Invariant($"{slots.Left}"),
                Invariant($"{slots.Right}"),
                slots.Layer.Source == LayerPlan.Main ? Invariant($"{slots.Layer.Layer}") : Invariant($"{slots.Layer.Source}:{slots.Layer.Layer}"),
                .. _results.Select(pair => Invariant($"{pair.Comparison.Cosines[index]:F6}")),
            ]));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
