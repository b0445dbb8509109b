using LayerTool.Architectures;
using LayerTool.Plans;

namespace LayerTool.Saving;

/// <summary>One slot of a plan as it is written.</summary>
/// <param name="Slot">What it plays.</param>
/// <param name="Running">The halves that its layer runs in its source.</param>
/// <param name="Declared">The halves that the output's config.json says the layer has.</param>
internal sealed record WrittenSlot(LayerSlot Slot, LayerHalves Running, LayerHalves Declared)
{
    /// <summary>The halves that the slot plays.</summary>
    public LayerHalves Played => Running & Asked(Slot);

    /// <summary>The halves that are declared and add nothing: their output projections are written as zeros.</summary>
    public LayerHalves Silent => Declared & ~Played;

    /// <summary>A layer's kind without the halves that are not declared of it.</summary>
    public static LayerConfig Having(LayerConfig layer, LayerHalves declared) => layer with
    {
        KvHeads = declared.HasFlag(LayerHalves.Attention) ? layer.KvHeads : 0,
        IntermediateSize = declared.HasFlag(LayerHalves.Mlp) ? layer.IntermediateSize : 0,
    };

    /// <summary>The flag of a half.</summary>
    public static LayerHalves Half(TensorRole role) => role switch
    {
        TensorRole.Attention => LayerHalves.Attention,
        TensorRole.Mlp => LayerHalves.Mlp,
        _ => LayerHalves.None,
    };

    /// <summary>The halves that a slot asks for, whatever its layer has.</summary>
    public static LayerHalves Asked(LayerSlot slot) =>
        (slot.HasAttention ? LayerHalves.Attention : LayerHalves.None) | (slot.HasMlp ? LayerHalves.Mlp : LayerHalves.None);
}
