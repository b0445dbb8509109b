using System.Text;

namespace LayerTool.Tokenization.Decoders;

/// <summary>Reads byte-level tokens as UTF-8; each maximal part that is not UTF-8 becomes one U+FFFD.</summary>
internal sealed class ByteLevelDecoder : IDecoder
{
    public static ByteLevelDecoder Read(TokenizerJson json)
    {
        // None of the three has an effect on decoding.
        json.ExpectOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
        return new ByteLevelDecoder();
    }

    public List<string> Decode(List<string> tokens)
    {
        List<byte> bytes = new(tokens.Count * 4);
        foreach (string token in tokens)
        {
            AddBytes(token, bytes);
        }

        return [Encoding.UTF8.GetString([.. bytes])];
    }

    // A token that is not written in the byte alphabet, such as an added one, is text.
    private static void AddBytes(string token, List<byte> bytes)
    {
        int start = bytes.Count;
        foreach (char character in token)
        {
            if (!ByteAlphabet.TryGetByte(character, out byte value))
            {
                bytes.RemoveRange(start, bytes.Count - start);
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
                return;
            }

            bytes.Add(value);
        }
    }
}
