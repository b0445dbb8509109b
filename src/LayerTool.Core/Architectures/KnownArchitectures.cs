using LayerTool.Faults;

namespace LayerTool.Architectures;

/// <summary>
/// The table of known families. Adding a family is adding a row: what a row does not say is as in Llama. The rows stand in files
/// by kin: those with Llama's frame, GPT-2 and its like, others with LayerNorm, mixtures of experts, and those that mix tokens otherwise.
/// </summary>
public static class KnownArchitectures
{
    /// <summary>All families, in the order in which messages list them.</summary>
    public static IReadOnlyList<ArchitectureSpec> All { get; } = [.. LlamaFamilies.Rows, .. GptFamilies.Rows, .. LayerNormFamilies.Rows, .. ExpertFamilies.Rows, .. HybridFamilies.Rows];

    private static readonly Dictionary<string, ArchitectureSpec> ByType = All
        .SelectMany(spec => spec.FlatModelType is string flat ? [(flat, spec), (spec.ModelType, spec)] : new[] { (spec.ModelType, spec) })
        .ToDictionary(pair => pair.Item1, pair => pair.spec, StringComparer.Ordinal);

    /// <summary>The family of that <c>model_type</c>, or null.</summary>
    public static ArchitectureSpec? Find(string modelType) => ByType.GetValueOrDefault(modelType);

    /// <summary>The family of that <c>model_type</c>.</summary>
    /// <param name="modelType"><c>model_type</c> of config.json.</param>
    /// <param name="file">The config.json it came from, for the message.</param>
    /// <param name="inTower">Whether it is that of the text tower of a multimodal checkpoint.</param>
    /// <exception cref="LayerToolException">No such row; the message lists the known ones.</exception>
    public static ArchitectureSpec Get(string modelType, string file, bool inTower = false) =>
        Find(modelType) ?? throw new LayerToolException(
            $"{file}: {(inTower ? "the text tower's model_type" : "model_type")} `{modelType}` is not a family that LayerTool runs; it knows {string.Join(", ", All.Select(spec => $"`{spec.ModelType}`"))}",
            "inspect, diff and edits of whole layers work on it all the same, if its layers are named `….layers.N.…` or `h.N.…`");
}
