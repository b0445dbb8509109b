using System.Globalization;

namespace LayerTool.Architectures;

/// <summary>
/// Names of a family's tensors: module paths without <c>.weight</c> and <c>.bias</c>; those of a layer come after its prefix. What
/// a family does not have is not read. The names are Llama's where a row says nothing else.
/// </summary>
public sealed record TensorNames
{
    /// <summary>Embedding table [vocab, hidden].</summary>
    public string Embedding { get; init; } = "model.embed_tokens";

    /// <summary>Norm behind the embedding [hidden].</summary>
    public string EmbeddingNorm { get; init; } = "";

    /// <summary>From the embedding's width to the stream's [hidden, embedding].</summary>
    public string EmbeddingProjection { get; init; } = "";

    /// <summary>Learned positions [context length and an offset, hidden].</summary>
    public string PositionTable { get; init; } = "";

    /// <summary>Inputs of each layer by token [vocab, layers · width].</summary>
    public string LayerInputTable { get; init; } = "model.embed_tokens_per_layer";

    /// <summary>Inputs of each layer of the embedding [layers · width, hidden].</summary>
    public string LayerInputProjection { get; init; } = "model.per_layer_model_projection";

    /// <summary>Norm of those [width].</summary>
    public string LayerInputProjectionNorm { get; init; } = "model.per_layer_projection_norm";

    /// <summary>Norm after the last layer [hidden].</summary>
    public string FinalNorm { get; init; } = "model.norm";

    /// <summary>From the stream's width back to the embedding's [embedding, hidden].</summary>
    public string HeadProjection { get; init; } = "";

    /// <summary>Head [vocab, hidden]; absent from the file where tied.</summary>
    public string Head { get; init; } = "lm_head";

    /// <summary>What stands before a layer's number, such as <c>model.layers.</c>.</summary>
    public string LayerPrefix { get; init; } = "model.layers.";

    /// <summary>Norm in front of attention, or of both halves [hidden].</summary>
    public string AttentionNorm { get; init; } = "input_layernorm";

    /// <summary>Norm of attention's output, or of the stream behind it [hidden].</summary>
    public string AttentionOutputNorm { get; init; } = "post_attention_layernorm";

    /// <summary>Query projection [heads · head dim, hidden].</summary>
    public string Query { get; init; } = "self_attn.q_proj";

    /// <summary>Key projection [KV heads · head dim, hidden].</summary>
    public string Key { get; init; } = "self_attn.k_proj";

    /// <summary>Value projection [KV heads · head dim, hidden].</summary>
    public string Value { get; init; } = "self_attn.v_proj";

    /// <summary>All three in one.</summary>
    public string QueryKeyValue { get; init; } = "self_attn.qkv_proj";

    /// <summary>Output projection of attention [hidden, heads · head dim].</summary>
    public string AttentionOutput { get; init; } = "self_attn.o_proj";

    /// <summary>Norm of queries.</summary>
    public string QueryNorm { get; init; } = "self_attn.q_norm";

    /// <summary>Norm of keys.</summary>
    public string KeyNorm { get; init; } = "self_attn.k_norm";

    /// <summary>A score of each head that gives nothing [heads]; the tensor's whole name.</summary>
    public string Sinks { get; init; } = "self_attn.sinks";

    /// <summary>Norm in front of the MLP [hidden].</summary>
    public string MlpNorm { get; init; } = "post_attention_layernorm"; // in Llama, despite its name

    /// <summary>Norm of the MLP's output, or of the stream behind it [hidden].</summary>
    public string MlpOutputNorm { get; init; } = "post_feedforward_layernorm";

    /// <summary>Gate projection [intermediate, hidden].</summary>
    public string Gate { get; init; } = "mlp.gate_proj";

    /// <summary>Up projection [intermediate, hidden].</summary>
    public string Up { get; init; } = "mlp.up_proj";

    /// <summary>Gate, then up, in one.</summary>
    public string GateUp { get; init; } = "mlp.gate_up_proj";

    /// <summary>Down projection [hidden, intermediate]: the MLP's output.</summary>
    public string MlpOutput { get; init; } = "mlp.down_proj";

    /// <summary>In front of an activation's own numbers.</summary>
    public string ActivationNumbers { get; init; } = "mlp.act_fn.";

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
            EmbeddingNorm = Moved(EmbeddingNorm),
            EmbeddingProjection = Moved(EmbeddingProjection),
            PositionTable = Moved(PositionTable),
            LayerInputTable = Moved(LayerInputTable),
            LayerInputProjection = Moved(LayerInputProjection),
            LayerInputProjectionNorm = Moved(LayerInputProjectionNorm),
            FinalNorm = Moved(FinalNorm),
            HeadProjection = Moved(HeadProjection),
            Head = heads.FirstOrDefault(head => isStored(head + ".weight")) ?? heads[0],
            LayerPrefix = layerPrefix,
        };
    }
}
