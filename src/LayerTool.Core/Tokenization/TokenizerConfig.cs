using System.Text.Json;
using LayerTool.Faults;

namespace LayerTool.Tokenization;

/// <summary>What the files beside tokenizer.json say of it: which tokens begin and end a text, and of what class it is.</summary>
/// <param name="Bos">The text of the token that begins a text, or null.</param>
/// <param name="Eos">The text of the token that ends one, or null.</param>
/// <param name="ClassName">The tokenizer class that transformers would load, or null where none is named.</param>
/// <param name="ClassFile">Path of the file that names the class; empty where none does.</param>
internal sealed record TokenizerConfig(string? Bos, string? Eos, string? ClassName, string ClassFile)
{
    /// <summary>Reads tokenizer_config.json, and where it is silent special_tokens_map.json and config.json.</summary>
    /// <exception cref="LayerToolException">One of them is at fault.</exception>
    public static TokenizerConfig Read(string folder)
    {
        TokenizerJson? own = Find(folder, "tokenizer_config.json");
        TokenizerJson? map = Find(folder, "special_tokens_map.json");
        TokenizerJson? model = own is not null && own.Has("tokenizer_class") ? null : Find(folder, "config.json");
        TokenizerJson? naming = new[] { own, model }.FirstOrDefault(json => json is not null && json.Has("tokenizer_class"));
        return new TokenizerConfig(
            Token("bos_token", own, map),
            Token("eos_token", own, map),
            naming?.Text("tokenizer_class"),
            naming?.File ?? "");
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
