using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Evaluation.Likelihood;
using LayerTool.Faults;
using LayerTool.Tokenization;

namespace LayerTool.Evaluation;

/// <summary>A text, tokenised and cut once, so that several plans can be measured on the same windows.</summary>
public sealed class PerplexityText
{
    private const int DefaultPackedLength = 2048;

    private PerplexityText(string name, bool packed, int documents, ImmutableArray<TokenWindow> windows, int tokensDropped, TextSize size)
    {
        Name = name;
        Packed = packed;
        Documents = documents;
        Windows = windows;
        TokensDropped = tokensDropped;
        Size = size;
    }

    /// <summary>Name of the text: a file's name.</summary>
    public string Name { get; }

    /// <summary>Whether it was joined and cut as pruning papers do.</summary>
    public bool Packed { get; }

    /// <summary>Documents that were used.</summary>
    public int Documents { get; }

    /// <summary>The windows, in the order of the text.</summary>
    public ImmutableArray<TokenWindow> Windows { get; }

    /// <summary>Packed: tokens at the end that fill no window.</summary>
    public int TokensDropped { get; }

    /// <summary>Words and bytes of the documents.</summary>
    public TextSize Size { get; }

    /// <summary>Tokenises and cuts a text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="documents">Its documents.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="config">The model: its context bounds the windows.</param>
    /// <param name="options">How it is cut.</param>
    /// <param name="cancellation">Checked in front of each document.</param>
    /// <exception cref="LayerToolException">The text gives no window, a window is longer than the context, or the model has no token to begin with.</exception>
    public static PerplexityText Prepare(
        string name,
        IEnumerable<string> documents,
        Tokenizer tokenizer,
        ModelConfig config,
        PerplexityOptions options,
        CancellationToken cancellation = default)
    {
        int length = WindowLength(config, options);
        IEnumerable<string> used = options.Packed ? documents : documents.Take(options.Limit ?? int.MaxValue);
        PerplexityText text = options.Packed
            ? Pack(name, [.. used], tokenizer, config, options, length)
            : ByDocument(name, used, tokenizer, config, options, length, cancellation);
        return text.Windows.IsEmpty
            ? throw new LayerToolException(
                options.Packed ? $"`{name}` gives {Counted.Of(text.TokensDropped, "token")}, and one window has {length}" : $"`{name}` has no token to predict",
                options.Packed ? "lower `--seq`, or give a longer text" : "give a text of two tokens or more")
            : text;
    }

    private static PerplexityText ByDocument(
        string name,
        IEnumerable<string> documents,
        Tokenizer tokenizer,
        ModelConfig config,
        PerplexityOptions options,
        int length,
        CancellationToken cancellation)
    {
        PairEncoder encoder = new(tokenizer, config, options.Bos);
        ImmutableArray<TokenWindow>.Builder windows = ImmutableArray.CreateBuilder<TokenWindow>();
        TextSize size = default;
        int count = 0;
        foreach (string document in documents)
        {
            cancellation.ThrowIfCancellationRequested();
            windows.AddRange(Evaluation.Windows.Rolling(encoder.Text(document, options.RollingBos), encoder.Prefix, length));
            size += TextSize.Of(document);
            count++;
        }

        return new PerplexityText(name, packed: false, count, windows.ToImmutable(), 0, size);
    }

    private static PerplexityText Pack(
        string name, IReadOnlyList<string> documents, Tokenizer tokenizer, ModelConfig config, PerplexityOptions options, int length)
    {
        string joined = string.Join("\n\n", documents);
        IReadOnlyList<int> ids = tokenizer.Encode(joined, addSpecialTokens: false);
        int[] all = options.Bos == BosRule.Always
            ? [Begin(tokenizer, config) ?? throw new LayerToolException("`--bos always`: neither config.json nor the tokenizer names a BOS token", "leave `--bos always` out"), .. ids]
            : [.. ids];
        if (options.Limit is int asked && asked > all.Length / length)
        {
            throw new LayerToolException(
                $"`{name}` gives {all.Length / length} windows of {length} tokens ({all.Length} tokens), {asked} are asked for",
                "lower `--limit` or `--seq`, or leave `--limit` out to use all there is");
        }

        return new PerplexityText(
            name, packed: true, documents.Count, Evaluation.Windows.Packed(all, length, options.Limit), all.Length % length, TextSize.Of(joined));
    }

    private static int? Begin(Tokenizer tokenizer, ModelConfig config) => tokenizer.BosTokenId ?? config.BosTokenId;

    private static int WindowLength(ModelConfig config, PerplexityOptions options)
    {
        if (options.WindowLength is not int asked)
        {
            return options.Packed ? Math.Min(DefaultPackedLength, config.ContextLength) : config.ContextLength;
        }

        int least = options.Packed ? 2 : 1;
        if (asked < least)
        {
            throw new LayerToolException($"`--seq` is {asked}, expected {least} or more", "leave `--seq` out to take the context length of the model");
        }

        return asked <= config.ContextLength || options.AllowBeyondContext
            ? asked
            : throw new LayerToolException(
                $"`--seq` is {asked}; the model was made for {config.ContextLength} tokens", "lower `--seq`, or allow it with `--allow-beyond-context`");
    }
}
