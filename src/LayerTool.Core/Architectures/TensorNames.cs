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

    /// <summary>Full name of a tensor of a layer.</summary>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="module">One of the paths above, with <c>.weight</c> or <c>.bias</c>.</param>
    public string InLayer(int layer, string module) =>
        string.Create(CultureInfo.InvariantCulture, $"{LayerPrefix}{layer}.{module}");
}
