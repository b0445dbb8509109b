using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>Cuts at white space, which goes, and around each punctuation mark.</summary>
internal static class BertPreTokenizer
{
    public static PreTokenizerSequence Read(TokenizerJson json)
    {
        json.ExpectOnly("type");
        return new PreTokenizerSequence(
        [
            new ClassPreTokenizer(CharacterClasses.Space, SplitBehavior.Removed),
            new ClassPreTokenizer(CharacterClasses.Punctuation, SplitBehavior.Isolated),
        ]);
    }
}
