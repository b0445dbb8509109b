namespace LayerTool.Architectures;

/// <summary>How an MLP's input projections are.</summary>
public enum MlpKind
{
    /// <summary>down(act(gate x) · up x).</summary>
    Gated,

    /// <summary>The same, gate and up in one tensor in this order.</summary>
    GatedFused,

    /// <summary>down(act(up x)).</summary>
    Plain,
}

/// <summary>MLP of a family.</summary>
public sealed record MlpSpec
{
    /// <summary>Its form.</summary>
    public MlpKind Kind { get; init; }

    /// <summary>Key of the activation; null where the family has one only.</summary>
    public string? ActivationKey { get; init; } = "hidden_act";

    /// <summary>The activation where the key is absent.</summary>
    public Activation DefaultActivation { get; init; } = Activation.Silu;

    /// <summary>Biases of all projections.</summary>
    public Choice Bias { get; init; } = Choice.By("mlp_bias");
}
