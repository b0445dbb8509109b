using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Tokenization;

namespace LayerTool.Saving;

/// <summary>The files that say how a model reads and ends texts: tokenizer, chat template, generation config. They travel together.</summary>
internal static class TokenizerFiles
{
    private const string TemplateFolder = "additional_chat_templates";

    /// <summary>The keys of config.json that name tokens of that tokenizer.</summary>
    private static readonly ImmutableArray<string> TokenKeys = ["bos_token_id", "eos_token_id", "pad_token_id"];

    private static readonly ImmutableHashSet<string> Names =
    [
        "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "tekken.json", "spiece.model", "sentencepiece.bpe.model", "vocab.json", "vocab.txt",
        "merges.txt", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja", "chat_template.json", "generation_config.json",
    ];

    /// <summary>Whether a file is one of them, by its path inside the folder.</summary>
    public static bool Contains(string name) => Names.Contains(name) || name.StartsWith(TemplateFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The checkpoint whose files are asked for; null where they are the main source's.</summary>
    /// <param name="sources">The checkpoints by name.</param>
    /// <param name="name">The source's name; null for the main one.</param>
    /// <exception cref="LayerToolException">There is no such source, or it has no tokenizer.</exception>
    public static Checkpoint? Find(CheckpointSet sources, string? name)
    {
        if (name is null or LayerPlan.Main)
        {
            return null;
        }

        Checkpoint checkpoint = sources.Find(name) ?? throw new LayerToolException(
            $"there is no source {Quoted.Text(name)} whose tokenizer could travel; the sources are {string.Join(", ", sources.Select(source => $"`{source.Key}`"))}",
            "name one of them with `--tokenizer-from`");
        return CarriedFiles.Of(checkpoint.Folder).Any(file => Contains(file.Name) && file.Name.StartsWith("token", StringComparison.Ordinal))
            ? checkpoint
            : throw new LayerToolException($"{checkpoint.Folder}: has no tokenizer that could travel", "name a source with one with `--tokenizer-from`");
    }

    /// <summary>The config with the tokens that the other checkpoint's config names.</summary>
    public static DecoderConfig WithTokens(DecoderConfig config, Checkpoint other)
    {
        DecoderConfig theirs = DecoderConfig.Parse(other.ConfigBytes.Span, other.ConfigFile);
        foreach (string key in TokenKeys)
        {
            string? raw = (theirs.Decoder.Member(key) ?? theirs.Text.Root.Member(key)) is JsonTextMember member ? theirs.Text.Raw(member.Value) : null;
            config = raw is null || raw == config.Raw(key) ? config : config.WithRaw(key, raw);
        }

        return config;
    }

    /// <summary>
    /// Says that the files read text otherwise beside the output's config.json than where they are: loaders choose the class of a
    /// tokenizer by <c>model_type</c> too, and some classes follow recipes of their own. Null where all ids stay.
    /// </summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="config">The output's config.json.</param>
    public static string? OtherIds(string folder, ReadOnlySpan<byte> config)
    {
        JsonText text = DecoderConfig.Parse(config, Checkpoint.ConfigFileName).Text;
        if (!Tokenizer.IsIn(folder) || text.Root.Member("model_type") is not { Value.Kind: JsonTokenType.String } member)
        {
            return null;
        }

        string modelType = JsonSerializer.Deserialize<string>(text.Raw(member.Value))!;
        if (modelType == CompactModel.ModelType)
        {
            return null; // LayerTool alone opens it, and reads its text as the family's
        }

        try
        {
            if (TokenizerConfig.Read(folder).ModelType == modelType)
            {
                return null;
            }

            Tokenizer here = Tokenizer.Open(folder, TokenizerMode.Auto);
            Tokenizer there = Tokenizer.Open(folder, TokenizerMode.Auto, modelType);
            return here.Reading == there.Reading || TokenizerProbe.GiveSameIds(here, there)
                ? null
                : $"beside a `{modelType}` config.json transformers reads the tokenizer otherwise ({there.Reading}) than in {folder} ({here.Reading}): some texts get other ids";
        }
        catch (LayerToolException)
        {
            return null; // files at fault travel as they are
        }
    }

    /// <summary>What the user should know of the choice.</summary>
    public static IEnumerable<string> Notes(DecoderConfig config, Checkpoint other, string name)
    {
        yield return $"tokenizer, chat template and generation config are those of `{name}`";
        int? rows = config.Whole("vocab_size");
        int? tokens = DecoderConfig.Parse(other.ConfigBytes.Span, other.ConfigFile).Whole("vocab_size");
        if (rows is not null && tokens is not null && rows != tokens)
        {
            yield return $"`{name}` has a vocabulary of {tokens}, the embedding that is written has {rows} rows: look whether they differ in padding alone";
        }
    }
}
