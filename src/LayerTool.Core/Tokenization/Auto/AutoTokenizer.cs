using LayerTool.Faults;
using LayerTool.Tokenization.AddedTokens;
using LayerTool.Tokenization.Decoders;
using LayerTool.Tokenization.Models;
using LayerTool.Tokenization.Normalizers;
using LayerTool.Tokenization.Patterns;
using LayerTool.Tokenization.PostProcessors;
using LayerTool.Tokenization.PreTokenizers;
using LayerTool.Tokenization.SentencePiece;

namespace LayerTool.Tokenization.Auto;

/// <summary>
/// The tokenizer that transformers' AutoTokenizer makes of a folder. Some classes take only vocabulary, merges, added tokens and
/// post-processor from tokenizer.json and have a recipe of their own for the rest.
/// </summary>
internal static class AutoTokenizer
{
    private const char Mark = SentencePieceNormalizer.Space;

    private static readonly string[] LlamaTokens = ["<unk>", "<s>", "</s>"];
    private static readonly string[] GemmaTokens = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"];

    /// <summary>The parts, and what was done in words.</summary>
    public static (TokenizerParts Parts, string Reading) Read(TokenizerJson json, TokenizerConfig config)
    {
        RebuiltClass rebuilt = json.Object("model").Has("merges")
            ? ClassChoice.Choose(config.ClassName, config.ModelType, json.Mentions("\"ByteLevel\""))
            : RebuiltClass.None;
        return rebuilt switch
        {
            RebuiltClass.Llama => (Llama(json, config), $"rebuilt as LlamaTokenizer, prepend {config.LlamaScheme.ToString().ToLowerInvariant()}"),
            RebuiltClass.Gemma => (Gemma(json, config), "rebuilt as GemmaTokenizer"),
            _ => (WithNamedTokens(TokenizerParts.Read(json), config, []), "tokenizer.json as it is"),
        };
    }

    /// <summary>The parts for a folder that has a BPE tokenizer.model only.</summary>
    public static TokenizerParts Read(SentencePieceFile file, TokenizerConfig config)
    {
        BpeModel model = SentencePieceReader.Bpe(file, SentencePieceReader.Vocabulary(file));
        IEnumerable<AddedToken> added = file.Pieces
            .Select((piece, id) => (piece, id))
            .Where(pair => pair.piece is { Kind: PieceKind.Control or PieceKind.Unknown or PieceKind.UserDefined, Text.Length: > 0 })
            .Select(pair => new AddedToken(pair.id, pair.piece.Text, Special: pair.piece.Kind != PieceKind.UserDefined));
        TokenizerParts parts = LlamaParts(file.Path, model, [.. added], SentencePieceReader.FrameOf(file, config), config);
        return WithNamedTokens(parts, config, LlamaTokens);
    }

    private static TokenizerParts Llama(TokenizerJson json, TokenizerConfig config)
    {
        TokenizerParts.ExpectKnown(json);
        BpeModel model = BpeReader.ReadRebuilt(json.Object("model"), unknown: null);
        TokenizerParts parts = LlamaParts(
            json.File, model, AddedTokenSet.Read(json, model), PostProcessorReader.Read(json.OptionalPart("post_processor")), config);
        return WithNamedTokens(parts, config, LlamaTokens);
    }

    private static TokenizerParts LlamaParts(string file, BpeModel model, IReadOnlyList<AddedToken> added, Frame frame, TokenizerConfig config)
    {
        NormalizerSequence none = new([]);
        IDecoder[] decoders = [Spaces(), new ByteFallbackDecoder(), new FuseDecoder(), new StripDecoder(' ', config.LlamaScheme == PrependScheme.Never ? 0 : 1, 0)];
        return new TokenizerParts(
            file,
            none,
            new MetaspacePreTokenizer(Mark, config.LlamaScheme, split: false),
            model,
            AddedTokenSet.Of(added, none),
            frame,
            new DecoderSequence([.. decoders]));
    }

    private static TokenizerParts Gemma(TokenizerJson json, TokenizerConfig config)
    {
        TokenizerParts.ExpectKnown(json);
        BpeModel model = BpeReader.ReadRebuilt(json.Object("model"), config.Unknown ?? "<unk>");
        ReplaceNormalizer normalizer = new(Replacement.Of(" ", Mark.ToString(), json.File));
        TokenizerParts parts = new(
            json.File,
            normalizer,
            new PreTokenizerSequence([]),
            model,
            AddedTokenSet.Of(AddedTokenSet.Read(json, model), normalizer),
            PostProcessorReader.Read(json.OptionalPart("post_processor")),
            new DecoderSequence([Spaces(), new ByteFallbackDecoder(), new FuseDecoder()]));
        return WithNamedTokens(parts, config, GemmaTokens);
    }

    private static ReplaceDecoder Spaces() => new(Replacement.Of(Mark.ToString(), " ", ""));

    // Special tokens that the folder or the class names are cut out of the text too; those without an id get the next ones.
    private static TokenizerParts WithNamedTokens(TokenizerParts parts, TokenizerConfig config, IReadOnlyList<string> ofClass)
    {
        int next = Math.Max(parts.Model.Vocabulary.Size, parts.AddedTokens.LargestId + 1);
        List<AddedToken> named = [];
        foreach (string text in config.NamedTokens.Concat(ofClass).Distinct(StringComparer.Ordinal))
        {
            if (text.Length > 0 && !parts.AddedTokens.TryGet(text, out _))
            {
                int id = parts.Model.Vocabulary.TryGetId(text, out int known) ? known : next++;
                if (parts.AddedTokens.TryGet(id, out AddedToken? other))
                {
                    throw new LayerToolException($"{parts.File}: the vocabulary gives the id {id} to `{text}`, and `added_tokens` gives it to `{other.Content}`", TokenizerJson.OwnFile);
                }

                named.Add(new AddedToken(id, text, Special: true));
            }
        }

        return named.Count == 0 ? parts : parts with { AddedTokens = AddedTokenSet.Of([.. parts.AddedTokens.All, .. named], parts.Normalizer) };
    }
}
