namespace LayerTool.Tokenization;

/// <summary>Whether two ways of reading a tokenizer give the same ids: found on a few texts at which they are known to part.</summary>
public static class TokenizerProbe
{
    private static readonly string[] Texts =
    [
        "a", " a", "  a b", "▁a", "a  \n\tb", "It's 1234 and 5,678.9!", "Żółć, naïve, Straße", "中文 и русский", "😀 👩‍👩‍👧", "<s>a", "a</s> b", "<mask> x", "ﬁ ½ Å",
    ];

    /// <summary>Whether all of the texts give the same.</summary>
    public static bool GiveSameIds(Tokenizer one, Tokenizer other) => Texts.All(text =>
        one.Encode(text, addSpecialTokens: true).SequenceEqual(other.Encode(text, addSpecialTokens: true)));
}
