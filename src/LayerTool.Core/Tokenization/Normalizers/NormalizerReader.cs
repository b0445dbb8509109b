using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.Normalizers;

/// <summary>Reads the <c>normalizer</c> of a tokenizer file.</summary>
internal static class NormalizerReader
{
    /// <summary>The normalizer, or one that changes nothing where there is none.</summary>
    public static INormalizer Read(TokenizerJson? json) => json is null ? new NormalizerSequence([]) : ReadKind(json);

    private static INormalizer ReadKind(TokenizerJson json) => json.Text("type") switch
    {
        "Sequence" => NormalizerSequence.Read(json),
        "NFC" => UnicodeNormalizer.Read(json, NormalForm.Nfc),
        "NFD" => UnicodeNormalizer.Read(json, NormalForm.Nfd),
        "NFKC" => UnicodeNormalizer.Read(json, NormalForm.Nfkc),
        "NFKD" => UnicodeNormalizer.Read(json, NormalForm.Nfkd),
        "Prepend" => PrependNormalizer.Read(json),
        "Replace" => ReplaceNormalizer.Read(json),
        "Lowercase" => LowercaseNormalizer.Read(json),
        "Strip" => StripNormalizer.Read(json),
        "StripAccents" => StripAccentsNormalizer.Read(json),
        "BertNormalizer" => BertNormalizer.Read(json),
        "Precompiled" => PrecompiledNormalizer.Read(json),
        _ => throw json.NotHandled("type"),
    };
}
