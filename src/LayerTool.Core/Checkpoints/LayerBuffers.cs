using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>Tables inside a layer that the model's code computes anyway: old exporters left them in, and loaders ignore them.</summary>
internal static class LayerBuffers
{
    private static readonly string[] Names = ["rotary_emb.inv_freq", "attn.bias", "attn.masked_bias", "attention.bias", "attention.masked_bias"];

    /// <summary>Whether a tensor is one.</summary>
    /// <param name="suffix">Its name after the layer's number.</param>
    /// <param name="tensor">The tensor: a causal mask is <c>[1, 1, n, n]</c>, which tells it from the bias of a projection.</param>
    public static bool Contains(string suffix, TensorEntry tensor) =>
        Array.Exists(Names, name => IsNamed(suffix, name)) && (!suffix.EndsWith(".bias", StringComparison.Ordinal) || tensor.Shape.Length == 4);

    /// <summary>The whole name, or that below one module more; never the end of a longer word.</summary>
    private static bool IsNamed(string suffix, string name) =>
        suffix == name || (suffix.EndsWith('.' + name, StringComparison.Ordinal) && suffix.IndexOf('.', StringComparison.Ordinal) == suffix.Length - name.Length - 1);
}
