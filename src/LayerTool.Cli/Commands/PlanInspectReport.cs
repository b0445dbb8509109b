using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Checkpoints;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Output;
using LayerTool.Plans;

namespace LayerTool.Cli.Commands;

/// <summary>What <c>layertool inspect</c> prints of a plan file.</summary>
internal sealed class PlanInspectReport : IReport
{
    private readonly View _view;
    private readonly bool _showsHash;

    public PlanInspectReport(OpenModel model, Func<Checkpoint, string> hash, bool showsHash)
    {
        _showsHash = showsHash;
        PlayedModel played = model.Played();
        _view = new View(
            Path.GetFullPath(model.Name),
            PlanNotation.Print(model.Plan),
            model.Plan.EmbeddingSource,
            model.Plan.HeadSource,
            [.. model.Sources.Select(source => new SourceView(source.Key, source.Value.Folder, source.Value.ModelType, source.Value.Layers.Count, hash(source.Value)))],
            [.. model.Plan.Slots.Select((slot, place) => new SlotView(place, slot.Source, slot.Layer, slot.AttentionGain, slot.MlpGain, slot.Adapter))],
            played.Tensors.Values.DistinctBy(tensor => (tensor.File, tensor.Offset)).Sum(tensor => tensor.ElementCount),
            played.Tensors.Values.DistinctBy(tensor => (tensor.File, tensor.Offset)).Sum(tensor => tensor.ByteCount),
            [.. model.History.Select(entry => string.Join(' ', entry.Arguments.Prepend(entry.Command)))]);
    }

    public string Schema => "layertool.inspect-plan/1";

    public object Json => _view;

    public void WriteText(ReportWriter writer)
    {
        writer.Pairs(
        [
            ("plan file", _view.File),
            ("plan", _view.Plan),
            ("embedding", _view.Embedding),
            ("head", _view.Head),
            .. _view.Sources.Select(source => ($"source {source.Name}", $"{source.Folder} ({source.ModelType ?? "family not named"}, {source.Layers} layers)")),
            .. _showsHash ? _view.Sources.Select(source => ($"hash of {source.Name}", source.Hash)) : [],
            ("parameters", Quantity.Count(_view.Parameters)),
            ("weights", $"{Quantity.Bytes(_view.Bytes)}, each layer once however often it is played"),
            .. _view.Steps.Select((step, index) => (index == 0 ? "made by" : "", step)),
        ]);
        writer.Line();
        writer.Table(
            [Column.Number("slot"), "source", Column.Number("layer"), Column.Number("attention"), Column.Number("MLP"), "adapter"],
            _view.Slots.Select(slot => (IReadOnlyList<string>)[$"{slot.Slot}", slot.Source, $"{slot.Layer}", Gain(slot.AttentionGain), Gain(slot.MlpGain), slot.Adapter ?? ""]));
    }

    private static string Gain(double gain) => gain switch
    {
        1 => "on",
        0 => "off",
        _ => gain.ToString("× 0.######", CultureInfo.InvariantCulture),
    };

    private sealed record View(
        string File,
        string Plan,
        string Embedding,
        string Head,
        ImmutableArray<SourceView> Sources,
        ImmutableArray<SlotView> Slots,
        long Parameters,
        long Bytes,
        ImmutableArray<string> Steps);

    private sealed record SourceView(string Name, string Folder, string? ModelType, int Layers, string Hash);

    private sealed record SlotView(int Slot, string Source, int Layer, double AttentionGain, double MlpGain, string? Adapter);
}
