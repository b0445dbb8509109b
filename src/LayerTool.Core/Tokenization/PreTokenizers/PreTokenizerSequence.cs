using System.Collections.Immutable;

namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>Pre-tokenizers one after another, each on the pieces of the one before.</summary>
internal sealed class PreTokenizerSequence(ImmutableArray<IPreTokenizer> items) : IPreTokenizer
{
    public static PreTokenizerSequence Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "pretokenizers");
        return new PreTokenizerSequence([.. json.Objects("pretokenizers").Select(PreTokenizerReader.Read)]);
    }

    public Pieces Split(Pieces pieces)
    {
        foreach (IPreTokenizer item in items)
        {
            pieces = item.Split(pieces);
        }

        return pieces;
    }
}
