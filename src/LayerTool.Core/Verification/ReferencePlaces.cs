using LayerTool.Architectures;
using LayerTool.Models;

namespace LayerTool.Verification;

/// <summary>
/// Where in a slot the states stand that references call <c>attn.N</c> and <c>mlp.N</c>: what a half's module gives in transformers, which
/// in a few families is the stream with the half added.
/// </summary>
internal readonly record struct ReferencePlaces(ActivationPlace Attention, ActivationPlace Mlp)
{
    /// <summary>The places of a family.</summary>
    public static ReferencePlaces Of(ArchitectureSpec family) => new(
        family.AttentionModuleAdds ? ActivationPlace.MlpInput : ActivationPlace.AttentionResult,
        family.MlpModuleAdds ? ActivationPlace.SlotOutput : ActivationPlace.MlpResult);

    /// <summary>A recorder of all states that references hold.</summary>
    public StateRecorder Recorder() => new(ActivationPlace.Embedding, Attention, Mlp, ActivationPlace.SlotOutput);
}
