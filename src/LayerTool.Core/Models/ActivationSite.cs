using LayerTool.Plans;

namespace LayerTool.Models;

/// <summary>A place in the forward pass where the state can be read or replaced. All states are [B, T, hidden].</summary>
public enum ActivationPlace
{
    /// <summary>Input of the first slot; its slot number is −1.</summary>
    Embedding,

    /// <summary>Residual stream in front of a slot.</summary>
    SlotInput,

    /// <summary>What attention's output projection gives, before a norm and a factor of its own.</summary>
    AttentionResult,

    /// <summary>What attention adds to the stream (gain included).</summary>
    AttentionOutput,

    /// <summary>Residual stream that the MLP reads: between the two halves of a slot, or in front of it where they are parallel.</summary>
    MlpInput,

    /// <summary>What the MLP's output projection gives, before a norm and a factor of its own.</summary>
    MlpResult,

    /// <summary>What the MLP adds to the stream (gain included).</summary>
    MlpOutput,

    /// <summary>Residual stream behind a slot.</summary>
    SlotOutput,
}

/// <summary>Where in the pass a state is.</summary>
/// <param name="Place">Which state.</param>
/// <param name="Slot">Number of the slot, as <see cref="LayerPlan.Slots"/> counts; −1 for the embedding.</param>
/// <param name="LayerSlot">What the slot plays; null for the embedding.</param>
public readonly record struct ActivationSite(ActivationPlace Place, int Slot, LayerSlot? LayerSlot);
