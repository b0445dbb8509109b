using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;

namespace LayerTool.Tests.Tokenization;

/// <summary>The smallest real tokenizer, kept with the tests: byte-fallback BPE with 512 tokens, by the makers of stories260K.</summary>
internal static class StoriesTokenizer
{
    /// <summary>Its folder, with the reference's answers in golden.json.</summary>
    public static string Folder { get; } = Path.Combine(SharedFiles.Repository, "tests", "LayerTool.Tests", "Tokenization", "stories260K");

    /// <summary>The tokenizer as it is.</summary>
    public static Tokenizer Open() => Tokenizer.Open(Folder, TokenizerMode.Raw);

    /// <summary>The tokenizer after a change to its file.</summary>
    public static Tokenizer OpenChanged(TempFolder folder, Action<JsonObject> change)
    {
        JsonObject json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "tokenizer.json")))!.AsObject();
        change(json);
        File.WriteAllText(Path.Combine(folder.Path, "tokenizer.json"), json.ToJsonString());
        return Tokenizer.Open(folder.Path, TokenizerMode.Raw);
    }
}
