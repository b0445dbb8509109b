using LayerTool.Adapters;
using LayerTool.Architectures;
using LayerTool.Plans;

namespace LayerTool.Models;

/// <summary>What a slot computes with, loaded and borrowed from its source.</summary>
/// <param name="Frame">What its layer has beside its halves.</param>
/// <param name="Mixer">
/// Its attention; null where that does not run. It runs where it is off, too, if later layers read its keys and values.
/// </param>
/// <param name="Mlp">Its MLP; null where that is off.</param>
internal sealed record SlotParts(LayerFrame Frame, MixerHalf? Mixer, MlpHalf? Mlp)
{
    /// <summary>Takes them from the source; what was not loaded yet is.</summary>
    /// <param name="source">The slot's source.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="halves">The halves that it plays and that its layer has.</param>
    /// <param name="adapter">Its adapter, or null.</param>
    public static SlotParts Of(SourceModel source, LayerSlot slot, LayerHalves halves, AdapterWeights? adapter)
    {
        bool attends = halves.HasFlag(LayerHalves.Attention);
        return new SlotParts(
            source.Frame(slot.Layer, adapter),
            attends || source.Config.Layers[slot.Layer].Kv == KvRole.Given ? source.Mixer(slot.Layer, attends ? slot.AttentionGain : 1, adapter) : null,
            halves.HasFlag(LayerHalves.Mlp) ? source.Mlp(slot.Layer, slot.MlpGain, adapter) : null);
    }
}
