using System.Text.Json;
using LayerTool.Faults;

namespace LayerTool.Tokenization.Models;

/// <summary>Reads a Unigram model.</summary>
internal static class UnigramReader
{
    // By how much an unknown character is less likely than the least likely token.
    private const double UnknownPenalty = 10;

    public static UnigramModel Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "vocab", "unk_id", "byte_fallback");
        List<(string Token, double Score)> pieces = ReadPieces(json);
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        for (int id = 0; id < pieces.Count; id++)
        {
            ids[pieces[id].Token] = id; // of two equal ones the later, as in the reference
        }

        TokenVocabulary vocabulary = new(ids, json.Where("vocab"));
        double[] scores = [.. pieces.Select(piece => piece.Score)];
        return new UnigramModel(vocabulary, new PrefixTrie([.. ids.Where(entry => entry.Key.Length > 0).Select(entry => (entry.Key, entry.Value))], json.Where("vocab")), scores, ReadUnknown(json, scores))
        {
            ByteTokens = json.Flag("byte_fallback") ? VocabularyReader.ByteTokens(vocabulary) : null,
        };
    }

    private static (int Id, double Score)? ReadUnknown(TokenizerJson json, double[] scores)
    {
        if (!json.Has("unk_id"))
        {
            return null;
        }

        int id = json.Count("unk_id");
        return id < scores.Length
            ? (id, scores.Min() - UnknownPenalty)
            : throw new LayerToolException($"{json.Where("unk_id")} is {id}, and the vocabulary has {scores.Length} tokens", "take the file from the folder that the weights came from");
    }

    private static List<(string Token, double Score)> ReadPieces(TokenizerJson json)
    {
        List<(string, double)> pieces = [];
        foreach (JsonElement item in json.Items("vocab"))
        {
            string key = $"vocab[{pieces.Count}]";
            if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2 || item[1].ValueKind != JsonValueKind.Number || pieces.Count > TokenVocabulary.LargestId)
            {
                throw json.Wrong(key, item, $"a token and its score, of at most {TokenVocabulary.LargestId + 1} tokens");
            }

            pieces.Add((json.TextOf(item[0], key), item[1].GetDouble()));
        }

        return pieces;
    }
}
