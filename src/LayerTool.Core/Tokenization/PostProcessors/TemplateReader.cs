using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Faults;

namespace LayerTool.Tokenization.PostProcessors;

/// <summary>Reads a template such as <c>BOS $A EOS</c>. The template for two texts is left alone: nothing here encodes pairs.</summary>
internal static class TemplateReader
{
    public static Frame Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "single", "pair", "special_tokens");
        TokenizerJson? tokens = json.OptionalObject("special_tokens");
        List<int>? before = null;
        List<int> ids = [];
        foreach (TokenizerJson item in json.Objects("single"))
        {
            item.ExpectOnly("SpecialToken", "Sequence");
            if (item.OptionalObject("SpecialToken") is { } special)
            {
                special.ExpectOnly("id", "type_id");
                ids.AddRange(ReadIds(tokens, special));
                continue;
            }

            if (before is not null || item.Object("Sequence").Text("id") != "A")
            {
                throw json.NotHandled("single");
            }

            (before, ids) = (ids, []);
        }

        return before is null ? throw json.NotHandled("single") : new Frame([.. before], [.. ids]);
    }

    private static ImmutableArray<int> ReadIds(TokenizerJson? tokens, TokenizerJson special)
    {
        TokenizerJson token = tokens?.OptionalObject(special.Text("id"))
            ?? throw new LayerToolException($"{special.Where("id")} is `{special.Text("id")}`, which `special_tokens` of the template does not have", TokenizerJson.OwnFile);
        ImmutableArray<int>.Builder ids = ImmutableArray.CreateBuilder<int>();
        foreach (JsonElement item in token.Items("ids"))
        {
            ids.Add(item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int id) && id is >= 0 and <= TokenVocabulary.LargestId
                ? id
                : throw token.Wrong("ids", item, "token ids"));
        }

        return ids.ToImmutable();
    }
}
