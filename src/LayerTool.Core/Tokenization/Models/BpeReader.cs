using System.Text.Json;
using LayerTool.Faults;

namespace LayerTool.Tokenization.Models;

/// <summary>Reads a byte-pair-encoding model.</summary>
internal static class BpeReader
{
    /// <summary>The model to the letter.</summary>
    public static BpeModel Read(TokenizerJson json)
    {
        ExpectHandled(json);
        TokenVocabulary vocabulary = VocabularyReader.Read(json);
        return new BpeModel(vocabulary, ReadMerges(json, vocabulary), VocabularyReader.ReadUnknown(json, vocabulary))
        {
            ByteTokens = json.Flag("byte_fallback") ? VocabularyReader.ByteTokens(vocabulary) : null,
            FuseUnknown = json.Flag("fuse_unk"),
            IgnoreMerges = json.Flag("ignore_merges"),
            EndOfWord = json.OptionalText("end_of_word_suffix") ?? "",
        };
    }

    /// <summary>Vocabulary and merges alone, with the flags of the classes that transformers rebuilds.</summary>
    /// <param name="json">The model.</param>
    /// <param name="unknown">The unknown token, or null for none.</param>
    public static BpeModel ReadRebuilt(TokenizerJson json, string? unknown)
    {
        ExpectHandled(json);
        TokenVocabulary vocabulary = VocabularyReader.Read(json);
        int? unknownId = unknown is not null && vocabulary.TryGetId(unknown, out int id) ? id : null;
        return new BpeModel(vocabulary, ReadMerges(json, vocabulary), unknownId)
        {
            ByteTokens = VocabularyReader.ByteTokens(vocabulary),
            FuseUnknown = true,
        };
    }

    private static void ExpectHandled(TokenizerJson json)
    {
        json.ExpectOnly(
            "type", "vocab", "merges", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges");
        ExpectEmpty(json, "continuing_subword_prefix");
        if (json.Has("dropout"))
        {
            throw json.NotHandled("dropout");
        }
    }

    private static void ExpectEmpty(TokenizerJson json, string key)
    {
        if (json.OptionalText(key) is { Length: > 0 })
        {
            throw json.NotHandled(key);
        }
    }

    // A merge is a list of two tokens, or in older files both in one string with a space between them.
    private static MergeTable ReadMerges(TokenizerJson json, TokenVocabulary vocabulary)
    {
        List<JsonElement> items = [.. json.Items("merges")];
        MergeTable merges = new(items.Count);
        int rank = 0;
        char[] joined = [];
        foreach (JsonElement item in items)
        {
            (string left, string right) = ReadMerge(json, item, rank);
            if (joined.Length < left.Length + right.Length)
            {
                joined = new char[2 * (left.Length + right.Length)];
            }

            left.CopyTo(joined);
            right.CopyTo(0, joined, left.Length, right.Length);
            ReadOnlySpan<char> result = joined.AsSpan(0, left.Length + right.Length);
            if (!vocabulary.TryGetId(left, out int leftId) || !vocabulary.TryGetId(right, out int rightId) || !vocabulary.TryGetId(result, out int resultId))
            {
                throw new LayerToolException($"{json.Where($"merges[{rank}]")} joins `{left}` and `{right}`, and one of them or both together are not in the vocabulary", TokenizerJson.OwnFile);
            }

            merges.Add(new Merge(leftId, rightId, rank++, resultId));
        }

        return merges;
    }

    private static (string Left, string Right) ReadMerge(TokenizerJson json, JsonElement item, int rank)
    {
        string key = $"merges[{rank}]";
        if (item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2)
        {
            return (json.TextOf(item[0], key), json.TextOf(item[1], key));
        }

        string text = json.TextOf(item, key);
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space >= 0 && text.IndexOf(' ', space + 1) < 0
            ? (text[..space], text[(space + 1)..])
            : throw json.Wrong(key, item, "two tokens with one space between them");
    }
}
