using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Cli.Output;
using LayerTool.Safetensors;
using LayerTool.Tokenization;

namespace LayerTool.Cli.Commands;

/// <summary>What <c>layertool inspect</c> prints of a checkpoint.</summary>
internal sealed class InspectReport(Inspection inspection, TokenizerSummary? tokenizer, IEnumerable<TensorEntry>? tensors, string hash, bool showsHash) : IReport
{
    private const int MostFaults = 10;

    public string Schema => "layertool.inspect/1";

    public object Json => new View(
        inspection.Folder,
        inspection.ModelType,
        inspection.TextModelType,
        inspection.Family,
        inspection.Config is ModelConfig config ? ConfigView.Of(config) : null,
        tokenizer,
        inspection.Parameters,
        inspection.Bytes,
        hash,
        inspection.Dtypes,
        inspection.Files,
        inspection.Before,
        inspection.Layers,
        inspection.After,
        [.. inspection.Faults.Select(fault => fault.ToString())],
        inspection.Notes,
        tensors is null ? null : [.. tensors.Select(TensorView.Of)]);

    public void WriteText(ReportWriter writer)
    {
        writer.Pairs(Summary());
        writer.Line();
        WriteLayers(writer);
        if (!inspection.Faults.IsEmpty)
        {
            writer.Line();
            writer.Heading($"{inspection.Faults.Length} tensors are not as config.json demands");
            foreach (TensorFault fault in inspection.Faults.Take(MostFaults))
            {
                writer.Line(fault.ToString());
            }
        }

        if (tensors is not null)
        {
            writer.Line();
            writer.Table(
                [Column.Name("tensor"), "type", "shape", Column.Number("size"), "file"],
                tensors.Select(TensorView.Of).Select(tensor => (IReadOnlyList<string>)[tensor.Name, tensor.Dtype, $"[{string.Join(", ", tensor.Shape)}]", Quantity.Bytes(tensor.Bytes), tensor.File]));
        }
    }

    private IEnumerable<(string Name, string Value)> Summary()
    {
        yield return ("checkpoint", inspection.Folder);
        string type = inspection.TextModelType is string text ? $"{text}, the text tower of {inspection.ModelType}" : inspection.ModelType ?? "not named";
        yield return ("family", inspection.Family is null ? $"{type} (not known here: whole layers only)" : $"{inspection.Family} ({type})");
        yield return ("layers", Whole(inspection.Layers.Length));
        if (inspection.Config is ModelConfig config)
        {
            yield return ("hidden size", Whole(config.HiddenSize));
            yield return ("MLP size", Each(config, layer => layer.IntermediateSize));
            yield return ("heads", $"{config.AttentionHeads} for queries, {Each(config, layer => layer.KvHeads)} for keys and values, {config.HeadDim} wide");
            yield return ("vocabulary", $"{Whole(config.VocabSize)}, {(config.TiedEmbeddings ? "head tied to the embedding" : "head of its own")}");
            yield return ("context", $"{Whole(config.ContextLength)} tokens");
            yield return Positions(config);
        }

        if (tokenizer is not null)
        {
            yield return ("tokenizer", $"{tokenizer.Kind}, {Whole(tokenizer.VocabularySize)} tokens, {tokenizer.Reading}{(tokenizer.RawDiffers ? "; `--tokenizer raw` gives other ids" : "")}");
        }

        yield return ("parameters", $"{Quantity.Count(inspection.Parameters)} ({Whole(inspection.Parameters)})");
        yield return ("weights", $"{Quantity.Bytes(inspection.Bytes)}, {string.Join(", ", inspection.Dtypes)}, in {inspection.Files.Length} {(inspection.Files.Length == 1 ? "file" : "files")}");
        if (showsHash)
        {
            yield return ("hash", hash);
        }
    }

    private void WriteLayers(ReportWriter writer)
    {
        bool windows = inspection.Layers.Any(layer => layer.SlidingWindow is not null);
        bool differ = inspection.Layers.Any(layer => !layer.Differences.IsEmpty);
        List<Column> columns = ["layer", Column.Number("tensors"), Column.Number("parameters"), Column.Number("size"), "type", "halves"];
        columns.AddRange(windows ? [Column.Number("window")] : []);
        columns.AddRange(differ ? ["differs from most"] : []);
        writer.Table(columns, Parts().Select(part =>
        {
            List<string> row =
            [
                part.Name,
                Whole(part.Part.Tensors),
                Quantity.Count(part.Part.Parameters),
                Quantity.Bytes(part.Part.Bytes),
                string.Join(", ", part.Part.Dtypes),
                part.Part.Layer is null ? "" : Halves(part.Part),
            ];
            row.AddRange(windows ? [part.Part.Layer is null ? "" : part.Part.SlidingWindow is int window ? Whole(window) : "all"] : []);
            row.AddRange(differ ? [string.Join("; ", part.Part.Differences)] : []);
            return (IReadOnlyList<string>)row;
        }));
    }

    private IEnumerable<(string Name, InspectedLayer Part)> Parts() =>
    [
        ("before", inspection.Before),
        .. inspection.Layers.Select(layer => (layer.Layer!.Value.ToString(CultureInfo.InvariantCulture), layer)),
        ("after", inspection.After),
    ];

    private static string Halves(InspectedLayer layer) => (layer.HasAttention, layer.HasMlp) switch
    {
        (true, true) => "attention, MLP",
        (true, false) => "attention",
        (false, true) => "MLP",
        _ => "none",
    };

    private static (string Name, string Value) Positions(ModelConfig config) => config.Architecture switch
    {
        { Positions.Rotation: not RotationRule.None } => ("RoPE", config.LocalRope is RopeConfig local ? $"{Rope(config.Rope)}; sliding layers {Rope(local)}" : Rope(config.Rope)),
        { Positions.Learned: true } => ("positions", "learned"),
        { Attention.Alibi: not AlibiKind.None } => ("positions", "ALiBi"),
        _ => ("positions", "none"),
    };

    private static string Rope(RopeConfig rope)
    {
        string scaling = rope.Kind == RopeKind.Default ? "" : string.Create(CultureInfo.InvariantCulture, $", {rope.Kind.ToString().ToLowerInvariant()} × {rope.Factor}");
        return string.Create(CultureInfo.InvariantCulture, $"θ = {rope.Theta}{scaling}");
    }

    /// <summary>The sizes that occur among the layers that have that half.</summary>
    private static string Each(ModelConfig config, Func<LayerConfig, int> size) =>
        string.Join(" and ", config.Layers.Select(size).Where(number => number > 0).Distinct().Order().Select(number => Whole(number)));

    private static string Whole(long number) => Quantity.Whole(number);

    private sealed record View(
        string Folder,
        string? ModelType,
        string? TextModelType,
        string? Family,
        ConfigView? Config,
        TokenizerSummary? Tokenizer,
        long Parameters,
        long Bytes,
        string Hash,
        ImmutableArray<string> Dtypes,
        ImmutableArray<InspectedFile> Files,
        InspectedLayer Before,
        ImmutableArray<InspectedLayer> Layers,
        InspectedLayer After,
        ImmutableArray<string> Faults,
        ImmutableArray<string> Notes,
        ImmutableArray<TensorView>? Tensors);

    private sealed record ConfigView(
        int Layers, int HiddenSize, int IntermediateSize, int AttentionHeads, int KvHeads, int HeadDim, int VocabSize, int ContextLength,
        double NormEpsilon, Activation Activation, bool TiedEmbeddings, RopeConfig? Rope)
    {
        public static ConfigView Of(ModelConfig config) => new(
            config.LayerCount, config.HiddenSize, config.WidestMlp, config.AttentionHeads, config.MostKvHeads, config.HeadDim, config.VocabSize, config.ContextLength,
            config.NormEpsilon, config.Activation, config.TiedEmbeddings, config.Architecture.Positions.Rotation == RotationRule.None ? null : config.Rope);
    }

    private sealed record TensorView(string Name, string Dtype, ImmutableArray<long> Shape, long Bytes, string File)
    {
        public static TensorView Of(TensorEntry tensor) => new(tensor.Name, tensor.Dtype.Name, tensor.Shape, tensor.ByteCount, Path.GetFileName(tensor.File));
    }
}
