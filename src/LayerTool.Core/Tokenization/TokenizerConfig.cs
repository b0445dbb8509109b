using System.Text.Json;
using LayerTool.Faults;
using LayerTool.Tokenization.PreTokenizers;

namespace LayerTool.Tokenization;

/// <summary>What the files beside the tokenizer's own say of it: its special tokens, its class and that class's settings.</summary>
internal sealed record TokenizerConfig
{
    private static readonly string[] TokenKeys = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    /// <summary>The special tokens that are set, by their keys such as <c>bos_token</c>.</summary>
    public required IReadOnlyDictionary<string, string> Tokens { get; init; }

    /// <summary>Further special tokens, without keys of their own.</summary>
    public required IReadOnlyList<string> FurtherTokens { get; init; }

    /// <summary>The tokenizer class that transformers would load, or null where none is named.</summary>
    public string? ClassName { get; init; }

    /// <summary><c>model_type</c> of config.json, the family's own where LayerTool wrote a compact one; or null.</summary>
    public string? ModelType { get; init; }

    /// <summary>Where a rebuilt LlamaTokenizer puts a mark in front.</summary>
    public PrependScheme LlamaScheme { get; init; } = PrependScheme.First;

    /// <summary>Whether BOS is wanted in front, where the folder says so.</summary>
    public bool? AddBos { get; init; }

    /// <summary>Whether EOS is wanted behind, where the folder says so.</summary>
    public bool? AddEos { get; init; }

    /// <summary>The chat template, or null.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>The chat template for conversations with tools, where there is one of its own.</summary>
    public string? ToolTemplate { get; init; }

    /// <summary>Path of the file that holds the chat template.</summary>
    public string ChatTemplateFile { get; init; } = "";

    /// <summary>The text of the token that begins a text, or null.</summary>
    public string? Bos => Tokens.GetValueOrDefault("bos_token");

    /// <summary>The text of the token that ends one, or null.</summary>
    public string? Eos => Tokens.GetValueOrDefault("eos_token");

    /// <summary>The text of the token for what is unknown, or null.</summary>
    public string? Unknown => Tokens.GetValueOrDefault("unk_token");

    /// <summary>All special tokens named.</summary>
    public IEnumerable<string> NamedTokens => Tokens.Values.Concat(FurtherTokens);

    /// <summary>Reads tokenizer_config.json, and where it is silent special_tokens_map.json and config.json.</summary>
    /// <exception cref="LayerToolException">One of them is at fault.</exception>
    public static TokenizerConfig Read(string folder)
    {
        TokenizerJson? own = Find(folder, "tokenizer_config.json");
        TokenizerJson? map = Find(folder, "special_tokens_map.json");
        TokenizerJson? model = Find(folder, "config.json");
        Dictionary<string, string> tokens = new(StringComparer.Ordinal);
        foreach (string key in TokenKeys)
        {
            if (Token(key, own, map) is { } text)
            {
                tokens.Add(key, text);
            }
        }

        bool? prefix = Setting(own, "add_prefix_space");
        return new TokenizerConfig
        {
            Tokens = tokens,
            FurtherTokens = own is null ? [] : Further(own),
            ClassName = own?.OptionalText("tokenizer_class") ?? model?.OptionalText("tokenizer_class"),
            ModelType = model?.OptionalText("base_model_type") ?? model?.OptionalText("model_type"), // the first in compact checkpoints of our own
            LlamaScheme = prefix == false ? PrependScheme.Never : Setting(own, "legacy") == true ? PrependScheme.Always : PrependScheme.First,
            AddBos = Setting(own, "add_bos_token"),
            AddEos = Setting(own, "add_eos_token"),
            ChatTemplate = Template(own, "default"),
            ToolTemplate = Template(own, "tool_use"),
            ChatTemplateFile = own?.File ?? "",
        };
    }

    private static bool? Setting(TokenizerJson? json, string key) => json is not null && json.Has(key) ? json.Flag(key) : null;

    // One template, or several with names.
    private static string? Template(TokenizerJson? own, string name)
    {
        const string Key = "chat_template";
        return own?.Kind(Key) switch
        {
            null or JsonValueKind.Undefined or JsonValueKind.Null => null,
            JsonValueKind.Array => own.Objects(Key).FirstOrDefault(item => item.Text("name") == name)?.Text("template"),
            _ => name == "default" ? own.Text(Key) : null,
        };
    }

    private static List<string> Further(TokenizerJson own)
    {
        List<string> texts = [];
        foreach (JsonElement item in own.Items("additional_special_tokens"))
        {
            texts.Add(item.ValueKind == JsonValueKind.Object && item.TryGetProperty("content", out JsonElement content)
                ? own.TextOf(content, "additional_special_tokens")
                : own.TextOf(item, "additional_special_tokens"));
        }

        return texts;
    }

    private static TokenizerJson? Find(string folder, string name)
    {
        string file = Path.Combine(folder, name);
        return File.Exists(file) ? TokenizerJson.ReadFile(file) : null;
    }

    // A token is written as its text, or as an object that holds it beside the flags. A file that says null means: there is none.
    private static string? Token(string key, params ReadOnlySpan<TokenizerJson?> files)
    {
        foreach (TokenizerJson? json in files)
        {
            switch (json?.Kind(key))
            {
                case null or JsonValueKind.Undefined:
                    continue;
                case JsonValueKind.Null:
                    return null;
                case JsonValueKind.Object:
                    return json.Object(key).Text("content");
                default:
                    return json.Text(key);
            }
        }

        return null;
    }
}
