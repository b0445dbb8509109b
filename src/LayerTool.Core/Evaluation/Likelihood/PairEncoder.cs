using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Tokenization;
using LayerTool.Tokenization.Templates;

namespace LayerTool.Evaluation.Likelihood;

/// <summary>
/// Token ids of a context and its continuation as lm-evaluation-harness makes them: white space at the end of the context moves to
/// the continuation, both are encoded together, and what goes beyond the context's own ids is the continuation.
/// </summary>
public sealed class PairEncoder
{
    private readonly Tokenizer _tokenizer;
    private readonly BosRule _bos;
    private readonly string _prefixText;

    /// <summary>Settles the token that texts begin with.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="config">The model.</param>
    /// <param name="bos">Whether texts get a BOS.</param>
    /// <exception cref="LayerToolException">The model names neither BOS nor EOS.</exception>
    public PairEncoder(Tokenizer tokenizer, ModelConfig config, BosRule bos)
    {
        _tokenizer = tokenizer;
        _bos = bos;
        Prefix = tokenizer.BosTokenId ?? tokenizer.EosTokenId ?? config.BosTokenId ?? config.EosTokenIds.Cast<int?>().FirstOrDefault()
            ?? throw new LayerToolException(
                "the tokenizer names neither a BOS nor an EOS token, so that a text without context has nothing before it", "name one in tokenizer_config.json");
        _prefixText = tokenizer.Decode([Prefix]);
    }

    /// <summary>The token that a text without context is predicted from.</summary>
    public int Prefix { get; }

    /// <summary>Ids of a context and what follows.</summary>
    /// <exception cref="LayerToolException">One of the two comes out empty, or the tokenizer puts something behind each text.</exception>
    public TokenPair Encode(string context, string continuation)
    {
        if (context.Length == 0)
        {
            return WithoutContext(continuation);
        }

        if (_bos != BosRule.Never && _tokenizer.AppendsTokens)
        {
            throw new LayerToolException(
                $"{_tokenizer.File}: the tokenizer puts a token behind every text, which would be counted into the context",
                "switch it off in the file (`add_eos_token`, the post-processor), or use `--bos never`");
        }

        int end = PythonSpace.LengthWithoutEnd(context);
        continuation = context[end..] + continuation;
        context = context[..end];
        IReadOnlyList<int> whole = Text(context + continuation);
        IReadOnlyList<int> before = Text(context);
        if (before.Count == 0)
        {
            throw new LayerToolException(
                $"a context of white space alone has no tokens: {Quoted.Text(context + continuation)}", "use `--bos always`, so that it has one");
        }

        // Not checked in the harness either: that the context's ids begin those of the whole.
        return Checked([.. before], [.. whole.Skip(before.Count)], continuation);
    }

    /// <summary>Ids of a whole text that is measured; <see cref="Prefix"/> is going to stand in front of them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="rule">Whether the rule's own BOS stands behind that.</param>
    public IReadOnlyList<int> Text(string text, RollingBos rule) =>
        rule == RollingBos.Once ? _tokenizer.Encode(text, addSpecialTokens: false) : Text(text);

    /// <summary>Ids of one text, with the special tokens of the rule.</summary>
    public IReadOnlyList<int> Text(string text)
    {
        // A text that begins with the prefix token's own text gets no second one.
        bool begun = _prefixText.Length > 0 && text.StartsWith(_prefixText, StringComparison.Ordinal);
        IReadOnlyList<int> ids = _tokenizer.Encode(text, _bos != BosRule.Never && !begun);
        return _bos == BosRule.Always && !begun && (ids.Count == 0 || ids[0] != Prefix) ? [Prefix, .. ids] : ids;
    }

    private TokenPair WithoutContext(string continuation)
    {
        IReadOnlyList<int> ids = _tokenizer.Encode(continuation, addSpecialTokens: false);
        return ids.Count > 0 && ids[0] == Prefix
            ? Checked([Prefix], [.. ids.Skip(1)], continuation)
            : Checked([Prefix], [.. ids], continuation);
    }

    private static TokenPair Checked(int[] context, int[] continuation, string text) => continuation.Length > 0
        ? new TokenPair(context, continuation)
        : throw new LayerToolException($"the text {Quoted.Text(text)} has no token of its own behind its context", "an answer must have at least one token");
}
