namespace LayerTool.Architectures;

/// <summary>Inputs that each layer gets beside the residual stream (Gemma 3n, Gemma 4). Names are module paths in a layer.</summary>
public sealed record LayerInputSpec
{
    /// <summary>Key of their width; 0 for none.</summary>
    public string WidthKey { get; init; } = "hidden_size_per_layer_input";

    /// <summary>Gate [width, hidden].</summary>
    public string Gate { get; init; } = "per_layer_input_gate";

    /// <summary>Back to the stream [hidden, width].</summary>
    public string Output { get; init; } = "per_layer_projection";

    /// <summary>Norm of what is added [hidden].</summary>
    public string Norm { get; init; } = "post_per_layer_input_norm";
}
