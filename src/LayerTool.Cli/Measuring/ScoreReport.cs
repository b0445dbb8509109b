using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Cli.Output;
using LayerTool.Faults;
using LayerTool.Scoring;

namespace LayerTool.Cli.Measuring;

/// <summary>Scores of every layer, with each one's place in the order of dropping.</summary>
internal sealed class ScoreReport(Ranking ranking, RunSettings settings) : IReport
{
    public string Schema => RankingJson.Schema;

    public object Json
    {
        get
        {
            JsonObject document = RankingJson.Write(ranking);
            document.Remove("schema"); // put in front by the report itself
            document["settings"] = JsonSerializer.SerializeToNode(settings, JsonReport.Indented);
            return document;
        }
    }

    public void WriteText(ReportWriter writer)
    {
        Dictionary<int, int> attention = Places(DropKind.Attention);
        Dictionary<int, int> mlp = Places(DropKind.Mlp);
        Dictionary<int, int> block = Places(DropKind.Block);
        writer.Pairs([("model", ranking.Model), ("text", $"{Counted.Of(ranking.Scores.TokenCount, "token")} of {ranking.Calibration}"), ("computed in", ranking.Dtype)]);
        writer.Line();
        writer.Table(
            [
                Column.Number("layer"), Column.Number("attention"), Column.Number("#"), Column.Number("MLP"), Column.Number("#"), Column.Number("block"), Column.Number("#"),
            ],
            ranking.Scores.Layers.Select(layer => (IReadOnlyList<string>)
            [
                Text(layer.Layer), Score(layer.Attention), Place(attention, layer), Score(layer.Mlp), Place(mlp, layer), Score(layer.Block), Place(block, layer),
            ]));
        writer.Line();
        writer.Line("1 − cosine of the stream before and behind, a mean over all tokens; # 1 changes it least and is dropped first");
    }

    private static string Score(double? score) => score is double value ? value.ToString("0.000000", CultureInfo.InvariantCulture) : "-";

    private static string Place(Dictionary<int, int> places, LayerScore layer) => places.TryGetValue(layer.Layer, out int place) ? Text(place) : "-";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private Dictionary<int, int> Places(DropKind kind) =>
        DropOrder.Of(ranking.Scores, kind).Select((unit, index) => (unit.Layer, index)).ToDictionary(pair => pair.Layer, pair => pair.index + 1);
}
