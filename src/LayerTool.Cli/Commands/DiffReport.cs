using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Checkpoints;
using LayerTool.Cli.Output;

namespace LayerTool.Cli.Commands;

/// <summary>What <c>layertool diff</c> prints.</summary>
internal sealed class DiffReport(CheckpointDiff diff, ImmutableArray<string> plan, bool all) : IReport
{
    private const int MostTensors = 40;
    private const int MostLetters = 60;

    public string Schema => "layertool.diff/1";

    public object Json => new View(diff.Left, diff.Right, diff.IsEqual, plan, diff.Config, diff.Layers, diff.Tensors, diff.EqualTensors, diff.Notes);

    public void WriteText(ReportWriter writer)
    {
        writer.Pairs([("left", diff.Left), ("right", diff.Right), ("tensors", $"{diff.EqualTensors} equal, {diff.Tensors.Length} different")]);
        if (!plan.IsEmpty)
        {
            writer.Line();
            writer.Heading("plan");
            foreach (string line in plan)
            {
                writer.Line(line);
            }
        }

        if (!diff.Config.IsEmpty)
        {
            writer.Line();
            writer.Table(["config.json", "left", "right"], diff.Config.Select(key => (IReadOnlyList<string>)[key.Key, Short(key.Left), Short(key.Right)]));
        }

        if (diff.Tensors.IsEmpty)
        {
            return;
        }

        writer.Line();
        writer.Table(
            ["layer", Column.Number("equal"), Column.Number("changed"), Column.Number("added"), Column.Number("removed"), Column.Number("largest difference")],
            diff.Layers.Select(layer => (IReadOnlyList<string>)[layer.Layer is int index ? Whole(index) : "outside", Whole(layer.Equal), Whole(layer.Changed), Whole(layer.Added), Whole(layer.Removed), Number(layer.MaxAbsDifference)]));
        writer.Line();
        writer.Table(
            [Column.Name("tensor"), "what", "left", "right", Column.Number("elements"), Column.Number("largest difference")],
            Shown().Select(tensor => (IReadOnlyList<string>)[tensor.Name, What(tensor), tensor.Left ?? "", tensor.Right ?? "", tensor.DifferingElements is long count ? Whole(count) : "", Number(tensor.MaxAbsDifference)]));
        if (Shown().Length < diff.Tensors.Length)
        {
            writer.Line($"{diff.Tensors.Length - MostTensors} more differ: `--all` lists them");
        }
    }

    private ImmutableArray<TensorDifference> Shown() => all ? diff.Tensors : [.. diff.Tensors.Take(MostTensors)];

    private static string What(TensorDifference tensor)
    {
        string change = tensor.Change switch
        {
            TensorChange.Added => "added",
            TensorChange.Removed => "removed",
            TensorChange.Shape => "another shape",
            TensorChange.Dtype => tensor.DifferingElements == 0 ? "another type, equal values" : "another type",
            _ => "other values",
        };
        return tensor.NotNumbers == 0 ? change : $"{change}, {Whole(tensor.NotNumbers)} NaN on one side";
    }

    private static string Short(string? json) => json is null ? "absent" : json.Length <= MostLetters ? json : string.Concat(json.AsSpan(0, MostLetters - 1), "…");

    private static string Number(double? value) => value is double number ? number.ToString("0.000e+0", CultureInfo.InvariantCulture) : "";

    private static string Whole(long number) => Quantity.Whole(number);

    private sealed record View(
        string Left,
        string Right,
        bool Equal,
        ImmutableArray<string> Plan,
        ImmutableArray<ConfigDifference> Config,
        ImmutableArray<LayerDifference> Layers,
        ImmutableArray<TensorDifference> Tensors,
        int EqualTensors,
        ImmutableArray<string> Notes);
}
