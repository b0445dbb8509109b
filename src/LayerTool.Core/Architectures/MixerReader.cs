using LayerTool.Faults;

namespace LayerTool.Architectures;

/// <summary>Reads the sizes of token mixers other than plain attention.</summary>
internal static class MixerReader
{
    public static LatentConfig? ReadLatent(ConfigJson raw, ArchitectureSpec spec) => spec.Attention.Latent is null
        ? null
        : new LatentConfig(
            raw.Size("q_lora_rank"),
            raw.RequiredSize("kv_lora_rank"),
            raw.RequiredSize("qk_nope_head_dim"),
            raw.RequiredSize("qk_rope_head_dim"),
            raw.RequiredSize("v_head_dim"));

    public static GatedDeltaConfig? ReadGatedDelta(ConfigJson raw, ArchitectureSpec spec)
    {
        if (spec.GatedDelta is null)
        {
            return null;
        }

        GatedDeltaConfig config = new(
            raw.RequiredSize("linear_num_key_heads"),
            raw.RequiredSize("linear_num_value_heads"),
            raw.RequiredSize("linear_key_head_dim"),
            raw.RequiredSize("linear_value_head_dim"),
            raw.RequiredSize("linear_conv_kernel_dim"));
        return config.ValueHeads % config.KeyHeads == 0
            ? config
            : throw new LayerToolException($"{raw.File}: `linear_num_value_heads` ({config.ValueHeads}) is not a multiple of `linear_num_key_heads` ({config.KeyHeads})", ConfigJson.OwnConfig);
    }
}
