using System.Globalization;

namespace LayerTool.Architectures;

/// <summary>
/// Names of a family's tensors: module paths without <c>.weight</c> and <c>.bias</c>; those of a layer come after its prefix.
/// </summary>
public sealed record TensorNames
{
    /// <summary>Embedding table [vocab, hidden].</summary>
    public required string Embedding { get; init; }

    /// <summary>Norm after the last layer [hidden].</summary>
    public required string FinalNorm { get; init; }

    /// <summary>Head [vocab, hidden]; absent from the file where tied.</summary>
    public required string Head { get; init; }

    /// <summary>What stands before a layer's number, such as <c>model.layers.</c>.</summary>
    public required string LayerPrefix { get; init; }

    /// <summary>Norm in front of attention [hidden].</summary>
    public required string AttentionNorm { get; init; }

    /// <summary>Query projection [heads · head dim, hidden].</summary>
    public required string Query { get; init; }

    /// <summary>Key projection [KV heads · head dim, hidden].</summary>
    public required string Key { get; init; }

    /// <summary>Value projection [KV heads · head dim, hidden].</summary>
    public required string Value { get; init; }

    /// <summary>Output projection of attention [hidden, heads · head dim].</summary>
    public required string AttentionOutput { get; init; }

    /// <summary>Norm of each query head [head dim], where the family has one.</summary>
    public string? QueryNorm { get; init; }

    /// <summary>Norm of each key head [head dim], where the family has one.</summary>
    public string? KeyNorm { get; init; }

    /// <summary>Norm in front of the MLP [hidden].</summary>
    public required string MlpNorm { get; init; }

    /// <summary>Gate projection [intermediate, hidden].</summary>
    public required string Gate { get; init; }

    /// <summary>Up projection [intermediate, hidden].</summary>
    public required string Up { get; init; }

    /// <summary>Down projection [hidden, intermediate]: the MLP's output.</summary>
    public required string MlpOutput { get; init; }

    /// <summary>The half that a tensor of a layer goes with, norms too; null for what is in no row of the table.</summary>
    /// <param name="suffix">What follows the layer's number, with <c>.weight</c> or <c>.bias</c>.</param>
    public TensorRole? RoleOf(string suffix)
    {
        string module = suffix[..Math.Max(0, suffix.LastIndexOf('.'))];
        string?[] attention = [AttentionNorm, Query, Key, Value, AttentionOutput, QueryNorm, KeyNorm];
        string[] mlp = [MlpNorm, Gate, Up, MlpOutput];
        return attention.Contains(module) ? TensorRole.Attention : mlp.Contains(module) ? TensorRole.Mlp : null;
    }

    /// <summary>Full name of a tensor of a layer.</summary>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="module">One of the paths above, with <c>.weight</c> or <c>.bias</c>.</param>
    public string InLayer(int layer, string module) =>
        string.Create(CultureInfo.InvariantCulture, $"{LayerPrefix}{layer}.{module}");

    /// <summary>The same names in a file that keeps the decoder elsewhere, such as under <c>language_model.</c>.</summary>
    /// <param name="layerPrefix">What stands before a layer's number there.</param>
    /// <param name="isStored">Whether the file has a tensor of that name: the head may stand inside or outside of what holds the decoder.</param>
    public TensorNames Under(string layerPrefix, Func<string, bool> isStored)
    {
        ArgumentNullException.ThrowIfNull(layerPrefix);
        ArgumentNullException.ThrowIfNull(isStored);
        int container = LayerPrefix.TrimEnd('.').LastIndexOf('.') + 1; // where `layers.` begins
        string word = LayerPrefix[container..];
        if (layerPrefix == LayerPrefix || !(layerPrefix == word || layerPrefix.EndsWith('.' + word, StringComparison.Ordinal)))
        {
            return this;
        }

        string own = LayerPrefix[..container];
        string found = layerPrefix[..^word.Length];
        bool isWholeModel = own.Length > 0 && (found == own || found.EndsWith('.' + own, StringComparison.Ordinal));
        string outer = isWholeModel ? found[..^own.Length] : "";
        string Moved(string name) => name.StartsWith(own, StringComparison.Ordinal) ? found + name[own.Length..] : outer + name;
        string[] heads = [Moved(Head), Head, found + Head];
        return this with
        {
            Embedding = Moved(Embedding),
            FinalNorm = Moved(FinalNorm),
            Head = heads.FirstOrDefault(head => isStored(head + ".weight")) ?? heads[0],
            LayerPrefix = layerPrefix,
        };
    }
}
