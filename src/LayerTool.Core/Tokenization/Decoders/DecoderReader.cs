namespace LayerTool.Tokenization.Decoders;

/// <summary>Reads the <c>decoder</c> of a tokenizer file.</summary>
internal static class DecoderReader
{
    /// <summary>The decoder; without one tokens are joined with spaces.</summary>
    public static IDecoder Read(TokenizerJson? json) => json is null ? new SpacesDecoder() : ReadKind(json);

    private static IDecoder ReadKind(TokenizerJson json) => json.Text("type") switch
    {
        "Sequence" => DecoderSequence.Read(json),
        "ByteLevel" => ByteLevelDecoder.Read(json),
        "ByteFallback" => ByteFallbackDecoder.Read(json),
        "Fuse" => FuseDecoder.Read(json),
        "Strip" => StripDecoder.Read(json),
        "Replace" => ReplaceDecoder.Read(json),
        "Metaspace" => MetaspaceDecoder.Read(json),
        "BPEDecoder" => BpeDecoder.Read(json),
        "WordPiece" => WordPieceDecoder.Read(json),
        _ => throw json.NotHandled("type"),
    };
}
