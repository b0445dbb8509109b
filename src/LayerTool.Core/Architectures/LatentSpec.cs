namespace LayerTool.Architectures;

/// <summary>
/// Multi-head latent attention (DeepSeek-V2): keys and values come from a narrow normed state, and one rotated key serves all
/// heads. Names are module paths in a layer.
/// </summary>
public sealed record LatentSpec
{
    /// <summary>[query rank, hidden].</summary>
    public string QueryDown { get; init; } = "self_attn.q_a_proj";

    /// <summary>[query rank].</summary>
    public string QueryNorm { get; init; } = "self_attn.q_a_layernorm";

    /// <summary>[heads · (plain + rotated width), query rank].</summary>
    public string QueryUp { get; init; } = "self_attn.q_b_proj";

    /// <summary>[KV rank + rotated width, hidden].</summary>
    public string KvDown { get; init; } = "self_attn.kv_a_proj_with_mqa";

    /// <summary>[KV rank].</summary>
    public string KvNorm { get; init; } = "self_attn.kv_a_layernorm";

    /// <summary>[heads · (plain + value width), KV rank].</summary>
    public string KvUp { get; init; } = "self_attn.kv_b_proj";

    /// <summary>Epsilon of the two inner norms, whatever config.json says of the others.</summary>
    public double NormEpsilon { get; init; } = 1e-6;
}
