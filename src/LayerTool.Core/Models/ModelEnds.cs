using LayerTool.Adapters;
using LayerTool.Architectures;
using LayerTool.Faults;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>What a source computes before and after its layers. E is the embedding's width, mostly H.</summary>
internal static class ModelEnds
{
    /// <summary>Token ids [B, T] → the first slot's input [B, T, H].</summary>
    /// <exception cref="LayerToolException">An id or a position is out of range.</exception>
    public static Tensor Embed(SourceModel source, Tensor ids, ForwardPass pass, AdapterWeights? adapter)
    {
        using DisposeScope scope = NewDisposeScope();
        ModelConfig config = source.Config;
        ArchitectureSpec spec = config.Architecture;
        Tensor flat = ids.flatten();
        if (flat.numel() > 0 && (flat.min().item<long>() < 0 || flat.max().item<long>() >= config.VocabSize))
        {
            throw new LayerToolException(
                $"token ids run from {flat.min().item<long>()} to {flat.max().item<long>()}, the vocabulary of {source.Checkpoint.Folder} has {config.VocabSize}",
                "use the tokenizer that belongs to the checkpoint");
        }

        Tensor state = source.Rows(spec.Names.Embedding, ids, adapter); // [B, T, E]
        if (config.EmbeddingMultiplier != 1)
        {
            state *= tensor(config.EmbeddingMultiplier, dtype: state.dtype, device: state.device); // rounded to the compute type
        }

        if (config.EmbeddingWidth != config.HiddenSize)
        {
            state = nn.functional.linear(state, source.Outside(spec.Names.EmbeddingProjection + ".weight", adapter));
        }

        if (spec.Positions.Learned)
        {
            if (pass.Length > config.ContextLength)
            {
                throw new LayerToolException(
                    $"{source.Checkpoint.Folder}: the text has {pass.Length} tokens, the table of learned positions {config.ContextLength}",
                    "give at most as many tokens as the model has positions");
            }

            state += source.Rows(spec.Names.PositionTable, pass.Positions + spec.Positions.TableOffset, adapter);
        }

        return (spec.EmbeddingNorm is NormSpec norm ? source.NormOutside(spec.Names.EmbeddingNorm, norm, adapter).Apply(state) : state).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Inputs of each layer beside the stream, [B, T, layers, P], or null where the family has none: of the token, and of the embedded
    /// state h: (n(W h / √H) + √P · E[id]) / √2.
    /// </summary>
    public static Tensor? LayerInputs(SourceModel source, Tensor ids, Tensor embedded, AdapterWeights? adapter)
    {
        ModelConfig config = source.Config;
        TensorNames names = config.Architecture.Names;
        if (config.LayerInputSize == 0)
        {
            return null;
        }

        using DisposeScope scope = NewDisposeScope();
        long[] byLayer = [config.LayerCount, config.LayerInputSize];
        Tensor ofToken = source.Rows(names.LayerInputTable, ids, adapter).SplitLast(byLayer) * Math.Sqrt(config.LayerInputSize);
        Tensor ofState = nn.functional.linear(embedded, source.Outside(names.LayerInputProjection + ".weight", adapter)) / Math.Sqrt(config.HiddenSize);
        ofState = source.NormOutside(names.LayerInputProjectionNorm, config.Architecture.Norm, adapter).Apply(ofState.SplitLast(byLayer));
        return ((ofState + ofToken) / Math.Sqrt(2)).MoveToOuterDisposeScope();
    }

    /// <summary>Final norm and head: [B, T, H] → [B, T, V].</summary>
    /// <param name="source">Whose ends they are.</param>
    /// <param name="state">The last slot's output.</param>
    /// <param name="tiedTable">Another source's embedding [V, E] that is the head; null for the source's own head.</param>
    /// <param name="adapter">What an adapter changes; null for none.</param>
    public static Tensor Head(SourceModel source, Tensor state, Tensor? tiedTable, AdapterWeights? adapter)
    {
        using DisposeScope scope = NewDisposeScope();
        ModelConfig config = source.Config;
        TensorNames names = config.Architecture.Names;
        Tensor normed = config.Architecture.HasFinalNorm ? source.NormOutside(names.FinalNorm, config.Architecture.Norm, adapter).Apply(state) : state;
        if (config.EmbeddingWidth != config.HiddenSize)
        {
            normed = nn.functional.linear(normed, source.Outside(names.HeadProjection + ".weight", adapter));
        }

        Tensor table = tiedTable ?? source.Head(adapter);
        BoundUpdate? update = adapter?.Bind(names.Head, () => table, isTransposed: false);
        Tensor logits = new Projection(table, source.FindOutside(names.Head + ".bias", adapter), IsTransposed: false, update).Apply(normed);
        if (config.LogitMultiplier != 1)
        {
            logits *= config.LogitMultiplier;
        }

        return (config.LogitSoftcap is double cap ? (logits / cap).tanh() * cap : logits).MoveToOuterDisposeScope();
    }
}
