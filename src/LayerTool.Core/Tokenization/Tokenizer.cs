using System.Text;
using LayerTool.Faults;
using LayerTool.Tokenization.AddedTokens;
using LayerTool.Tokenization.Auto;
using LayerTool.Tokenization.Decoders;
using LayerTool.Tokenization.Models;
using LayerTool.Tokenization.Normalizers;
using LayerTool.Tokenization.PostProcessors;
using LayerTool.Tokenization.PreTokenizers;
using LayerTool.Tokenization.SentencePiece;

namespace LayerTool.Tokenization;

/// <summary>
/// Turns text into token ids and back, as the tokenizer files of a checkpoint say: added tokens are cut out, the text between
/// them is normalized, cut into pieces, and each piece becomes tokens. May be used from several threads.
/// </summary>
public sealed class Tokenizer
{
    private const string JsonFile = "tokenizer.json";
    private const string ModelFile = "tokenizer.model";

    private readonly INormalizer _normalizer;
    private readonly IPreTokenizer _preTokenizer;
    private readonly ITokenModel _model;
    private readonly AddedTokenSet _addedTokens;
    private readonly Frame _frame;
    private readonly IDecoder _decoder;

    private Tokenizer(TokenizerParts parts, TokenizerConfig config, string reading)
    {
        File = parts.File;
        ClassName = config.ClassName;
        Reading = reading;
        _normalizer = parts.Normalizer;
        _preTokenizer = parts.PreTokenizer;
        _model = parts.Model;
        _addedTokens = parts.AddedTokens;
        _frame = parts.Frame;
        _decoder = parts.Decoder;
        VocabularySize = Math.Max(_model.Vocabulary.Size, _addedTokens.LargestId + 1);
        BosTokenId = config.Bos is { } bos ? Find(bos) : null;
        EosTokenId = config.Eos is { } eos ? Find(eos) : null;
    }

    /// <summary>Full path of the tokenizer file.</summary>
    public string File { get; }

    /// <summary>Kind of its model, such as <c>BPE</c>.</summary>
    public string Kind => _model.Kind;

    /// <summary>The tokenizer class that the folder names, or null.</summary>
    public string? ClassName { get; }

    /// <summary>How the file was read: as it is, or rebuilt by a class's own recipe.</summary>
    public string Reading { get; }

    /// <summary>The largest id and one. A model may have more rows of embeddings.</summary>
    public int VocabularySize { get; }

    /// <summary>Id of the token that begins a text, or null where the folder names none.</summary>
    public int? BosTokenId { get; }

    /// <summary>Id of the token that ends a text, or null where the folder names none.</summary>
    public int? EosTokenId { get; }

    /// <summary>Whether the file's own rule puts a token behind each text, such as EOS.</summary>
    public bool AppendsTokens => !_frame.After.IsEmpty;

    /// <summary>Whether a folder has a tokenizer file at all.</summary>
    public static bool IsIn(string folder) => System.IO.File.Exists(Path.Combine(folder, JsonFile)) || System.IO.File.Exists(Path.Combine(folder, ModelFile));

    /// <summary>Opens the tokenizer of a folder; no weights need to be there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="mode">Whose ids.</param>
    /// <param name="modelType"><c>model_type</c> of a config.json that is to stand beside it; null for the one that does.</param>
    /// <exception cref="LayerToolException">The files are missing, at fault, or use what is not handled; the field is named.</exception>
    public static Tokenizer Open(string folder, TokenizerMode mode, string? modelType = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string file = Path.Combine(Path.GetFullPath(folder), JsonFile);
        TokenizerConfig config = TokenizerConfig.Read(folder);
        config = modelType is null ? config : config with { ModelType = modelType };
        if (System.IO.File.Exists(file))
        {
            TokenizerJson json = TokenizerJson.ReadFile(file);
            (TokenizerParts parts, string reading) = mode == TokenizerMode.Auto ? AutoTokenizer.Read(json, config) : (TokenizerParts.Read(json), "tokenizer.json as it is");
            return new Tokenizer(parts, config, reading);
        }

        string model = Path.Combine(Path.GetFullPath(folder), ModelFile);
        return System.IO.File.Exists(model)
            ? OpenSentencePiece(model, config, mode)
            : throw new LayerToolException($"{folder}: has no tokenizer.json and no tokenizer.model", "copy the tokenizer files of the model into the folder");
    }

    /// <summary>The ids of a text.</summary>
    /// <param name="text">The text. Half a surrogate pair, which no encoding can hold, is read as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the file's own BOS, EOS and the like are put around it.</param>
    public IReadOnlyList<int> Encode(string text, bool addSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(text);
        TokenSink sink = new(tracked: false);
        if (addSpecialTokens)
        {
            sink.Ids.AddRange(_frame.Before);
        }

        Encode(text, sink);
        if (addSpecialTokens)
        {
            sink.Ids.AddRange(_frame.After);
        }

        return sink.Ids;
    }

    /// <summary>The tokens of a text and the code points that each came from; no special tokens are put around it.</summary>
    /// <param name="text">The text. Half a surrogate pair is read as U+FFFD.</param>
    public IReadOnlyList<TokenOffset> EncodeWithOffsets(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        TokenSink sink = new(tracked: true);
        Encode(text, sink);
        List<TokenOffset> tokens = new(sink.Ids.Count);
        for (int i = 0; i < sink.Ids.Count; i++)
        {
            TextSpan span = sink.Offsets[i];
            if (_frame.Trimming is { } trimming)
            {
                string token = sink.AddedTexts.GetValueOrDefault(i) ?? Token(sink.Ids[i]) ?? "";
                span = trimming.Trim(token, i, span);
            }

            tokens.Add(new TokenOffset(sink.Ids[i], span.Start, span.End));
        }

        return tokens;
    }

    /// <summary>The text of ids. Ids without a token say nothing.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = false)
    {
        ArgumentNullException.ThrowIfNull(ids);
        List<string> tokens = [];
        foreach (int id in ids)
        {
            bool special = _addedTokens.TryGet(id, out AddedToken? added) && added.Special;
            if ((added?.Spelling ?? Token(id)) is { } token && !(special && skipSpecialTokens))
            {
                tokens.Add(token);
            }
        }

        return string.Concat(_decoder.Decode(tokens));
    }

    /// <summary>The token of an id as the file writes it, such as <c>Ġthe</c>, or null where there is none.</summary>
    public string? Token(int id) => _addedTokens.TryGet(id, out AddedToken? added)
        ? added.Content
        : _model.Vocabulary.TryGetToken(id, out string? token) ? token : null;

    /// <summary>Whether an id is that of a special token, such as one that ends a text.</summary>
    public bool IsSpecial(int id) => _addedTokens.TryGet(id, out AddedToken? added) && added.Special;

    /// <summary>The id of a token as the file writes it, or null where there is none.</summary>
    public int? Find(string token) => _addedTokens.TryGet(token, out AddedToken? added)
        ? added.Id
        : _model.Vocabulary.TryGetId(token, out int id) ? id : null;

    private void Encode(string text, TokenSink sink)
    {
        AlignedText whole = AlignedText.Given(WithoutLoneSurrogates(text), sink.IsTracked);
        foreach (Stretch stretch in _addedTokens.InText.Cut(whole.Value))
        {
            if (stretch.Token is { } token)
            {
                sink.AddFound(token.Id, whole, stretch.Span);
            }
            else
            {
                EncodeStretch(_normalizer.Normalize(whole[stretch.Span]), stretch.Span.Start == 0, sink);
            }
        }
    }

    private void EncodeStretch(AlignedText text, bool opensText, TokenSink sink)
    {
        foreach (Stretch stretch in _addedTokens.InNormalizedText.Cut(text.Value))
        {
            if (stretch.Token is { } token)
            {
                sink.AddFound(token.Id, text, stretch.Span);
            }
            else
            {
                Pieces whole = Pieces.Whole(text[stretch.Span], opensText && stretch.Span.Start == 0);
                _model.Encode(_preTokenizer.Split(whole), sink);
            }
        }
    }

    private static string WithoutLoneSurrogates(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return text;
        }

        StringBuilder whole = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            whole.Append(rune);
        }

        return whole.ToString();
    }

    private static Tokenizer OpenSentencePiece(string path, TokenizerConfig config, TokenizerMode mode)
    {
        SentencePieceFile file = SentencePieceFile.Read(path);
        TokenizerConfig named = config with { Tokens = SentencePieceReader.NamedTokens(file, config) };
        return mode == TokenizerMode.Auto && file.IsBpe
            ? new Tokenizer(AutoTokenizer.Read(file, named), named, "LlamaTokenizer made of tokenizer.model")
            : new Tokenizer(SentencePieceReader.Read(file, named), named, "tokenizer.model as it is");
    }
}
