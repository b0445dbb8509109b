using System.Collections.Immutable;

namespace LayerTool.Tokenization.Decoders;

/// <summary>Decoders one after another.</summary>
internal sealed class DecoderSequence(ImmutableArray<IDecoder> items) : IDecoder
{
    public static DecoderSequence Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "decoders");
        return new DecoderSequence([.. json.Objects("decoders").Select(DecoderReader.Read)]);
    }

    public List<string> Decode(List<string> tokens)
    {
        foreach (IDecoder item in items)
        {
            tokens = item.Decode(tokens);
        }

        return tokens;
    }
}
