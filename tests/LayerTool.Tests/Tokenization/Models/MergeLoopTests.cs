using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using Microsoft.ML.Tokenizers;
using Xunit;
using Tokenizer = LayerTool.Tokenization.Tokenizer;

namespace LayerTool.Tests.Tokenization.Models;

public sealed class MergeLoopTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Drawn_words_become_the_tokens_that_the_library_finds(int seed)
    {
        (BpeTokenizer library, string[] letters) = Library.Value;
        using TempFolder folder = new();
        Tokenizer ours = StoriesTokenizer.OpenChanged(folder, json => json["normalizer"] = null);
        Random random = new(seed);
        for (int i = 0; i < 200; i++)
        {
            // Long ones go through the cuts at borders, short ones through the cache.
            string word = string.Concat(Enumerable.Range(0, random.Next(1, i % 10 == 0 ? 300 : 20)).Select(_ => letters[random.Next(letters.Length)]));

            Assert.Equal(library.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false), ours.Encode(word, false));
        }
    }

    private static readonly Lazy<(BpeTokenizer, string[])> Library = new(() =>
    {
        JsonNode model = JsonNode.Parse(File.ReadAllText(Path.Combine(StoriesTokenizer.Folder, "tokenizer.json")))!["model"]!;
        KeyValuePair<string, int>[] vocabulary = [.. model["vocab"]!.AsObject().Select(entry => KeyValuePair.Create(entry.Key, entry.Value!.GetValue<int>()))];
        BpeOptions options = new(vocabulary)
        {
            Merges = model["merges"]!.AsArray().Select(merge => $"{merge![0]} {merge[1]}"),
            PreTokenizer = RegexPreTokenizer.CreateWhiteSpace(),
        };
        string[] letters = [.. vocabulary.Select(entry => entry.Key).Where(token => token.Length == 1 && (char.IsAsciiLetterLower(token[0]) || token == "▁"))];
        return (BpeTokenizer.Create(options), letters);
    });
}
