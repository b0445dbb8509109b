namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>Reads the <c>pre_tokenizer</c> of a tokenizer file.</summary>
internal static class PreTokenizerReader
{
    /// <summary>The pre-tokenizer, or one that cuts nothing where there is none.</summary>
    public static IPreTokenizer Read(TokenizerJson? json) => json is null ? new PreTokenizerSequence([]) : ReadKind(json);

    private static IPreTokenizer ReadKind(TokenizerJson json) => json.Text("type") switch
    {
        "Sequence" => PreTokenizerSequence.Read(json),
        "Split" => SplitPreTokenizer.Read(json),
        "Digits" => ClassPreTokenizer.ReadDigits(json),
        "Punctuation" => ClassPreTokenizer.ReadPunctuation(json),
        "WhitespaceSplit" => ClassPreTokenizer.ReadWhitespaceSplit(json),
        "CharDelimiterSplit" => ClassPreTokenizer.ReadDelimiter(json),
        "Whitespace" => WhitespacePreTokenizer.Read(json),
        "BertPreTokenizer" => BertPreTokenizer.Read(json),
        "UnicodeScripts" => ScriptsPreTokenizer.Read(json),
        "ByteLevel" => ByteLevelPreTokenizer.Read(json),
        "Metaspace" => MetaspacePreTokenizer.Read(json),
        _ => throw json.NotHandled("type"),
    };
}
