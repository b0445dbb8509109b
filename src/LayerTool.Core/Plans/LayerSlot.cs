using LayerTool.Architectures;

namespace LayerTool.Plans;

/// <summary>
/// One place in a plan: a layer of a source, played once. A sublayer that is off has gain 0, so that "left out" and
/// "multiplied by 0" are one value.
/// </summary>
/// <param name="Source">Name of the checkpoint that the layer comes from; <see cref="LayerPlan.Main"/> for the first one.</param>
/// <param name="Layer">Index of the layer in that checkpoint, from 0.</param>
/// <param name="AttentionGain">Factor on the attention's update of the residual stream; 0 where attention is off.</param>
/// <param name="MlpGain">Factor on the MLP's update of the residual stream; 0 where the MLP is off.</param>
/// <param name="Adapter">Name of the slot's own LoRA adapter, or null.</param>
public sealed record LayerSlot(string Source, int Layer, double AttentionGain = 1, double MlpGain = 1, string? Adapter = null) : PlanStep
{
    /// <summary>Whether the attention half runs.</summary>
    public bool HasAttention => AttentionGain != 0;

    /// <summary>Whether the MLP half runs.</summary>
    public bool HasMlp => MlpGain != 0;

    /// <summary>Whether a part of the layer runs: a half that is on, and what the layer has beside its halves.</summary>
    public bool Plays(TensorRole role) => role switch
    {
        TensorRole.Attention => HasAttention,
        TensorRole.Mlp => HasMlp,
        _ => true,
    };
}
