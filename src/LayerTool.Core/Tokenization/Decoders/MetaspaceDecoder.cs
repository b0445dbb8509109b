using LayerTool.Tokenization.PreTokenizers;

namespace LayerTool.Tokenization.Decoders;

/// <summary>Turns Metaspace's marks back into spaces; the one that the scheme put in front is left out.</summary>
internal sealed class MetaspaceDecoder(char replacement, PrependScheme prepend) : IDecoder
{
    public static MetaspaceDecoder Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "replacement", "prepend_scheme", "split");
        return new MetaspaceDecoder(json.Character("replacement"), MetaspacePreTokenizer.ReadScheme(json));
    }

    public List<string> Decode(List<string> tokens)
    {
        List<string> result = tokens.ConvertAll(token => token.Replace(replacement, ' '));
        if (prepend != PrependScheme.Never && tokens.Count > 0)
        {
            // All marks of the first token, as in the reference.
            result[0] = tokens[0].Replace(replacement.ToString(), "", StringComparison.Ordinal);
        }

        return result;
    }
}
