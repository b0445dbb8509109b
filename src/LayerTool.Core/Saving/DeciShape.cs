using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Faults;

namespace LayerTool.Saving;

/// <summary>
/// What DeciLM's <c>block_configs</c> can say, and which readers run it. A model that a reader would open and run wrongly is
/// refused with the reader's name; what only some readers cannot do is said.
/// </summary>
internal static class DeciShape
{
    private const string Hint = "write it with `--format compact`, or with `--format zero`, which any loader opens";
    private const int WidthStep = 256;
    private const int LlamaVocabulary = 128256;

    /// <summary>The families whose layers are Llama's, by <c>model_type</c>.</summary>
    public static ImmutableHashSet<string> Families { get; } = ["llama", "mistral", "nemotron-nas", "deci"];

    /// <summary>Refuses what it cannot say.</summary>
    /// <param name="source">The source of the layers.</param>
    /// <param name="layers">Those of its layers that are written, with the halves that are declared.</param>
    /// <exception cref="LayerToolException">The layer or key, the reason, the reader concerned.</exception>
    public static void Require(SaveSource source, IEnumerable<(int Index, LayerConfig Layer)> layers)
    {
        if (source.Checkpoint.IsQuantized)
        {
            throw Refused(source, "its weights are quantised, and the readers of `block_configs` take plain ones");
        }

        RequireFamily(source);
        ModelConfig config = source.Checkpoint.Config;
        if (config.Activation != Activation.Silu)
        {
            throw Refused(source, $"its activation is {config.Activation}, and vLLM, llama.cpp and mlx-lm compute SiLU whatever `hidden_act` says");
        }

        if (config.HeadDim * config.AttentionHeads != config.HiddenSize)
        {
            throw Refused(source, $"its heads are {config.HeadDim} wide, and llama.cpp takes hidden size / heads, {config.HiddenSize / config.AttentionHeads}");
        }

        if (config.Rope.Kind is not (RopeKind.Default or RopeKind.Linear or RopeKind.Llama3 or RopeKind.Yarn))
        {
            throw Refused(source, $"its RoPE is `{config.Rope.Kind.ToString().ToLowerInvariant()}`, which mlx-lm and llama.cpp do not have");
        }

        foreach ((int index, LayerConfig layer) in layers)
        {
            if (layer.HasAttention && layer.SlidingWindow is int window)
            {
                throw Refused(source, $"layer {index} sees {window} tokens only, and no reader of `block_configs` has a window");
            }

            if (layer.IntermediateSize % WidthStep != 0)
            {
                throw Refused(source, $"the MLP of layer {index} is {layer.IntermediateSize} wide, and vLLM, llama.cpp and mlx-lm round widths up to a multiple of {WidthStep}");
            }
        }
    }

    /// <summary>Which readers run it, one sentence each.</summary>
    /// <param name="written">The output's settled config.</param>
    public static IEnumerable<string> Readers(ModelConfig written)
    {
        const string Gain = "with the gain in speed";
        yield return $"mlx-lm runs it {Gain}";

        int attentionAlone = Enumerable.Range(0, written.LayerCount).FirstOrDefault(layer => written.Layers[layer] is { HasAttention: true, HasMlp: false }, -1);
        string vocabulary = written.VocabSize == LlamaVocabulary ? "" : $"; its converter takes a vocabulary that has not {LlamaVocabulary} entries for SentencePiece, so `tokenizer.model` must be there";
        yield return attentionAlone < 0
            ? $"llama.cpp runs it {Gain}{vocabulary}"
            : $"llama.cpp runs it wrongly: layer {attentionAlone} has attention and no MLP, and it plays neither there";

        const string Remote = "after configuration_decilm.py and modeling_decilm.py of one of NVIDIA's DeciLM checkpoints are put into the folder";
        yield return written.Layers is [{ HasAttention: false }, ..]
            ? $"transformers runs it {Gain} {Remote}; vLLM does not: it fails on layer 0, which has no attention"
            : $"vLLM and transformers run it {Gain} {Remote}";
    }

    private static void RequireFamily(SaveSource source)
    {
        if (source.Config.IsWrapped)
        {
            throw Refused(source, "it is the text tower of a larger model, whose other parts the readers of `block_configs` do not have");
        }

        if (source.Architecture is not ArchitectureSpec family)
        {
            throw Refused(source, $"`{source.Config.ModelType}` is not one of Llama's kind as far as LayerTool knows");
        }

        if (!Families.Contains(family.ModelType))
        {
            string reason = family.Attention.QkNorm is not null ? "norms queries and keys"
                : family.Attention.QkvBias == Choice.Always && family.Attention.OutputBias == Choice.Never ? "has biases on q, k and v and none on o"
                : "computes something else";
            throw Refused(source, $"a {family.DisplayName} model {reason}, and vLLM, llama.cpp and mlx-lm would run Llama's layers");
        }
    }

    private static LayerToolException Refused(SaveSource source, string reason) =>
        new($"the format `deci` cannot hold {source.Checkpoint.Folder}: {reason}", Hint);
}
