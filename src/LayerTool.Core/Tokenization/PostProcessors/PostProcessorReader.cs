namespace LayerTool.Tokenization.PostProcessors;

/// <summary>Reads the <c>post_processor</c> of a tokenizer file: what it puts around one text. Offsets are not kept.</summary>
internal static class PostProcessorReader
{
    public static Frame Read(TokenizerJson? json) => json is null ? Frame.None : ReadKind(json);

    private static Frame ReadKind(TokenizerJson json) => json.Text("type") switch
    {
        "Sequence" => ReadSequence(json),
        "ByteLevel" => ReadByteLevel(json),
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
        return Frame.None;
    }
}
