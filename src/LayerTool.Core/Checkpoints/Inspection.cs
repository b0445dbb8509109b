using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>What a checkpoint holds, layer by layer. Headers and config only: no weight is read.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="ModelType"><c>model_type</c>, or null.</param>
/// <param name="TextModelType"><c>model_type</c> of the text tower of a multimodal checkpoint; null for one that is a decoder as a whole.</param>
/// <param name="Family">The family's name, or null where the table does not know it.</param>
/// <param name="Config">The settled config; null for an unknown family or a config at fault (told in the notes).</param>
/// <param name="Parameters">Elements of all tensors.</param>
/// <param name="Bytes">Bytes of all tensors.</param>
/// <param name="Dtypes">Element types, the one with the most bytes first.</param>
/// <param name="Files">The weight files.</param>
/// <param name="Before">Tensors before the layers.</param>
/// <param name="Layers">The layers.</param>
/// <param name="After">Tensors after the layers.</param>
/// <param name="Faults">Tensors that config.json demands and the files do not have so.</param>
/// <param name="Notes">What a user should know, one sentence each.</param>
public sealed record Inspection(
    string Folder,
    string? ModelType,
    string? TextModelType,
    string? Family,
    ModelConfig? Config,
    long Parameters,
    long Bytes,
    ImmutableArray<string> Dtypes,
    ImmutableArray<InspectedFile> Files,
    InspectedLayer Before,
    ImmutableArray<InspectedLayer> Layers,
    InspectedLayer After,
    ImmutableArray<TensorFault> Faults,
    ImmutableArray<string> Notes)
{
    private const int MostDifferences = 4;

    /// <summary>Inspects a checkpoint.</summary>
    /// <exception cref="LayerToolException">config.json names an absurd number of layers.</exception>
    public static Inspection Of(Checkpoint checkpoint)
    {
        (ModelConfig? config, string? fault) = ReadConfig(checkpoint);
        LayerNaming layers = checkpoint.Layers;
        ImmutableArray<ImmutableSortedDictionary<string, string>> kinds = [.. Enumerable.Range(0, layers.Count).Select(layer => Kind(layers, layer))];
        ImmutableSortedDictionary<string, string> usual = Commonest(kinds);
        return new Inspection(
            checkpoint.Folder,
            checkpoint.ModelType,
            checkpoint.IsWrapped ? checkpoint.TextModelType : null,
            checkpoint.Architecture?.DisplayName,
            config,
            checkpoint.Tensors.Values.Sum(tensor => tensor.ElementCount),
            checkpoint.Tensors.Values.Sum(tensor => tensor.ByteCount),
            DtypesOf(checkpoint.Tensors.Values),
            [.. checkpoint.Files.Select(file => new InspectedFile(Path.GetRelativePath(checkpoint.Folder, file.File), file.Tensors.Length, file.FileSize))],
            Part(null, layers.BeforeLayers, LayerHalves.None, null, []),
            [.. Enumerable.Range(0, layers.Count).Select(layer => Part(layer, layers.InLayer(layer), layers.Halves(layer), config?.Layers[layer].SlidingWindow, Differences(kinds[layer], usual)))],
            Part(null, layers.AfterLayers, LayerHalves.None, null, []),
            config is null ? [] : TensorCheck.Find(checkpoint),
            fault is null ? checkpoint.Notes : [fault, .. checkpoint.Notes]);
    }

    private static (ModelConfig? Config, string? Fault) ReadConfig(Checkpoint checkpoint)
    {
        try
        {
            return (checkpoint.Config, null);
        }
        catch (LayerToolException fault)
        {
            return (null, fault.Message);
        }
    }

    private static InspectedLayer Part(int? layer, ImmutableArray<TensorEntry> tensors, LayerHalves halves, int? window, ImmutableArray<string> differences) => new(
        layer,
        tensors.Length,
        tensors.Sum(tensor => tensor.ElementCount),
        tensors.Sum(tensor => tensor.ByteCount),
        DtypesOf(tensors),
        window,
        halves.HasFlag(LayerHalves.Attention),
        halves.HasFlag(LayerHalves.Mlp),
        differences);

    private static ImmutableArray<string> DtypesOf(IEnumerable<TensorEntry> tensors) =>
        [.. tensors.GroupBy(tensor => tensor.Dtype).OrderByDescending(group => group.Sum(tensor => tensor.ByteCount)).Select(group => group.Key.Name)];

    /// <summary>Type and shape of each tensor of a layer, by its name inside the layer.</summary>
    private static ImmutableSortedDictionary<string, string> Kind(LayerNaming layers, int layer) =>
        layers.InLayer(layer).ToImmutableSortedDictionary(tensor => layers.Place(tensor.Name).Suffix, tensor => $"{tensor.Dtype} {Quoted.Shape(tensor.Shape)}", StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, string> Commonest(ImmutableArray<ImmutableSortedDictionary<string, string>> kinds) =>
        kinds.GroupBy(kind => string.Join('\n', kind.Select(pair => $"{pair.Key} {pair.Value}"))).OrderByDescending(group => group.Count()).FirstOrDefault()?.First()
        ?? ImmutableSortedDictionary<string, string>.Empty;

    private static ImmutableArray<string> Differences(ImmutableSortedDictionary<string, string> kind, ImmutableSortedDictionary<string, string> usual)
    {
        List<string> differences =
        [
            .. usual.Where(pair => !kind.ContainsKey(pair.Key)).Select(pair => $"lacks {pair.Key}"),
            .. kind.Where(pair => !usual.ContainsKey(pair.Key)).Select(pair => $"has {pair.Key} {pair.Value}"),
            .. kind.Where(pair => usual.TryGetValue(pair.Key, out string? other) && other != pair.Value).Select(pair => $"{pair.Key} is {pair.Value}, mostly {usual[pair.Key]}"),
        ];
        return differences.Count <= MostDifferences ? [.. differences] : [.. differences.Take(MostDifferences - 1), $"{differences.Count - MostDifferences + 1} more"];
    }
}
