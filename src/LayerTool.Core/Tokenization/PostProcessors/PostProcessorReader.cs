using System.Text.Json;

namespace LayerTool.Tokenization.PostProcessors;

/// <summary>Reads the <c>post_processor</c> of a tokenizer file: what it puts around one text.</summary>
internal static class PostProcessorReader
{
    public static Frame Read(TokenizerJson? json) => json is null ? Frame.None : ReadKind(json);

    private static Frame ReadKind(TokenizerJson json) => json.Text("type") switch
    {
        "Sequence" => ReadSequence(json),
        "ByteLevel" => ReadByteLevel(json),
        "RobertaProcessing" => ReadRoberta(json),
        "BertProcessing" => ReadBert(json),
        "TemplateProcessing" => TemplateReader.Read(json),
        _ => throw json.NotHandled("type"),
    };

    private static Frame ReadSequence(TokenizerJson json)
    {
        json.ExpectOnly("type", "processors");
        return json.Objects("processors").Select(Read).Aggregate(Frame.None, (inner, outer) => inner.Inside(outer));
    }

    // Moves offsets only.
    private static Frame ReadByteLevel(TokenizerJson json)
    {
        json.ExpectOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
        return Frame.None with { Trimming = ReadTrimming(json) };
    }

    private static Frame ReadRoberta(TokenizerJson json)
    {
        json.ExpectOnly("type", "sep", "cls", "trim_offsets", "add_prefix_space");
        return new Frame([ReadToken(json, "cls")], [ReadToken(json, "sep")]) { Trimming = ReadTrimming(json) };
    }

    private static Frame ReadBert(TokenizerJson json)
    {
        json.ExpectOnly("type", "sep", "cls");
        return new Frame([ReadToken(json, "cls")], [ReadToken(json, "sep")]);
    }

    private static SpaceTrimming? ReadTrimming(TokenizerJson json) =>
        json.Flag("trim_offsets", absent: true) ? new SpaceTrimming(json.Flag("add_prefix_space", absent: true)) : null;

    // A token is written with its id: ["</s>", 2].
    private static int ReadToken(TokenizerJson json, string key)
    {
        JsonElement[] items = [.. json.Items(key)];
        return items.Length == 2 && items[1].ValueKind == JsonValueKind.Number && items[1].TryGetInt32(out int id) && id is >= 0 and <= TokenVocabulary.LargestId
            ? id
            : throw json.NotHandled(key);
    }
}
