using System.Globalization;
using System.Text.Json;
using LayerTool.Faults;

namespace LayerTool.Tokenization.Models;

/// <summary>Reads what the kinds of models have in common: tokens and ids, the unknown token, the tokens of bytes.</summary>
internal static class VocabularyReader
{
    /// <summary>Reads <c>vocab</c>, an object of tokens and their ids.</summary>
    public static TokenVocabulary Read(TokenizerJson json)
    {
        TokenizerJson vocabulary = json.Object("vocab");
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        foreach ((string token, JsonElement value) in vocabulary.Fields())
        {
            ids[token] = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id) && id is >= 0 and <= TokenVocabulary.LargestId
                ? id
                : throw vocabulary.Wrong(token, value, $"a whole number from 0 to {TokenVocabulary.LargestId}");
        }

        return new TokenVocabulary(ids, json.Where("vocab"));
    }

    /// <summary>The id of <c>unk_token</c>, or null where none is named.</summary>
    public static int? ReadUnknown(TokenizerJson json, TokenVocabulary vocabulary) => json.OptionalText("unk_token") switch
    {
        null => null,
        { } token when vocabulary.TryGetId(token, out int id) => id,
        { } token => throw new LayerToolException($"{json.Where("unk_token")} is `{token}`, which is not in the vocabulary", TokenizerJson.OwnFile),
    };

    /// <summary>The token of each byte; <see cref="BpeModel.NoToken"/> where there is none.</summary>
    public static int[] ByteTokens(TokenVocabulary vocabulary)
    {
        int[] tokens = new int[256];
        for (int value = 0; value < tokens.Length; value++)
        {
            string token = string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");
            tokens[value] = vocabulary.TryGetId(token, out int id) ? id : BpeModel.NoToken;
        }

        return tokens;
    }
}
