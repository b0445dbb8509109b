using LayerTool.Cli.Options;
using LayerTool.Generation;
using LayerTool.Tensors;
using LayerTool.Tokenization;

namespace LayerTool.Cli.Chatting;

/// <summary>How a model answers in a conversation.</summary>
/// <param name="Count">Most tokens of an answer.</param>
/// <param name="Adapters">Adapters that the model runs with.</param>
/// <param name="Tokenizer">Whose ids.</param>
/// <param name="Sampling">How a token is chosen.</param>
/// <param name="Compute">Where and how is computed.</param>
internal sealed record ConversationRequest(
    int Count, IReadOnlyList<NamedSource> Adapters, TokenizerMode Tokenizer, SamplingSettings Sampling, ComputeSettings Compute);
