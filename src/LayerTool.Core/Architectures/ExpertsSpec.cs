using System.Collections.Immutable;
using System.Globalization;

namespace LayerTool.Architectures;

/// <summary>How a router's scores become experts and weights.</summary>
public enum RoutingRule
{
    /// <summary>Softmax over all, then the k largest.</summary>
    SoftmaxThenTop,

    /// <summary>The k largest, then softmax over these.</summary>
    TopThenSoftmax,

    /// <summary>Softmax over all; groups by their largest score, then the k largest within (DeepSeek-V2).</summary>
    SoftmaxInGroups,

    /// <summary>σ of each; groups by the sum of their two largest corrected scores, then the k largest within (DeepSeek-V3).</summary>
    SigmoidInGroups,

    /// <summary>The k largest, then σ of each (Llama 4).</summary>
    TopThenSigmoid,

    /// <summary>Two in turn, each weighed among those near the largest (Phi-3.5 MoE's sparse mixer).</summary>
    SparseMixer,
}

/// <summary>How experts are stored.</summary>
public enum ExpertLayout
{
    /// <summary>Tensors for each expert.</summary>
    Separate,

    /// <summary>[experts, 2 · inner, hidden] with gate, then up; [experts, hidden, inner].</summary>
    Stacked,

    /// <summary>[experts, hidden, 2 · inner] with gate, then up; [experts, inner, hidden].</summary>
    StackedTransposed,

    /// <summary>
    /// [experts, hidden, 2 · inner] with gate and up in turn; [experts, inner, hidden]; biases; gates clamped (gpt-oss).
    /// </summary>
    StackedInterleaved,
}

/// <summary>Which layers have experts in place of a dense MLP.</summary>
public enum ExpertLayers
{
    /// <summary>All.</summary>
    All,

    /// <summary>Every n-th by <c>decoder_sparse_step</c>, but for those of <c>mlp_only_layers</c>.</summary>
    SparseStep,

    /// <summary>Those of <c>moe_layers</c>; without it every n-th by <c>interleave_moe_layer_step</c>.</summary>
    Listed,

    /// <summary>From <c>first_k_dense_replace</c> on, every n-th by <c>moe_layer_freq</c>.</summary>
    AfterFirstDense,
}

/// <summary>Mixture of experts of a family. Names are module paths in a layer.</summary>
public sealed record ExpertsSpec
{
    /// <summary>Keys of the number of experts, the first that is there.</summary>
    public ImmutableArray<string> CountKeys { get; init; } = ["num_experts", "num_local_experts"];

    /// <summary>Key of the number of experts of a token.</summary>
    public string PerTokenKey { get; init; } = "num_experts_per_tok";

    /// <summary>Key of the inner width of an expert.</summary>
    public string IntermediateKey { get; init; } = "moe_intermediate_size";

    /// <summary>Which layers have experts.</summary>
    public ExpertLayers Layers { get; init; }

    /// <summary>How they are stored.</summary>
    public ExpertLayout Layout { get; init; }

    /// <summary>How they are chosen.</summary>
    public required RoutingRule Routing { get; init; }

    /// <summary>Whether the weights of the chosen are divided by their sum.</summary>
    public Choice Normalized { get; init; } = Choice.By("norm_topk_prob");

    /// <summary>Key of a factor on the weights.</summary>
    public string? ScaleKey { get; init; }

    /// <summary>Whether an expert's weight multiplies what it reads, rather than what it gives.</summary>
    public bool WeighsInput { get; init; }

    /// <summary>Router [experts, hidden].</summary>
    public string Router { get; init; } = "mlp.gate";

    /// <summary>Whether the router has a bias.</summary>
    public bool RouterBias { get; init; }

    /// <summary>Correction of the choice [experts]; null for none.</summary>
    public string? Correction { get; init; }

    /// <summary>In front of an expert's number where separate; full names are <see cref="Gate"/> and so on behind it.</summary>
    public string Prefix { get; init; } = "mlp.experts.";

    /// <summary>Gate projection.</summary>
    public string Gate { get; init; } = "gate_proj";

    /// <summary>Up projection.</summary>
    public string Up { get; init; } = "up_proj";

    /// <summary>Down projection.</summary>
    public string Down { get; init; } = "down_proj";

    /// <summary>Gate and up where stacked, the tensor's whole name.</summary>
    public string? StackedGateUp { get; init; }

    /// <summary>Down where stacked, the tensor's whole name.</summary>
    public string? StackedDown { get; init; }

    /// <summary>An MLP that all tokens run through too, such as <c>mlp.shared_expert</c>; null for none.</summary>
    public string? Shared { get; init; }

    /// <summary>Key of the shared MLP's width; null where it counts experts.</summary>
    public string? SharedIntermediateKey { get; init; }

    /// <summary>Key of the number of experts' widths that the shared MLP has.</summary>
    public string? SharedCountKey { get; init; }

    /// <summary>Projection [1, hidden] whose σ multiplies the shared MLP's output; null for none.</summary>
    public string? SharedGate { get; init; }

    /// <summary>Names of the projections in a shared MLP.</summary>
    internal static ExpertsSpec SharedNames { get; } = new() { Routing = RoutingRule.SoftmaxThenTop };

    /// <summary>What stands before the projections of an expert, such as <c>mlp.experts.3.</c>.</summary>
    internal string InExpert(int expert) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{expert}.");
}
