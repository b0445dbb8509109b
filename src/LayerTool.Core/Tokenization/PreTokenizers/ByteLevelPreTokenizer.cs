using System.Text;
using LayerTool.Tokenization.Patterns;

namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>Writes each piece as its UTF-8 bytes, one printable character a byte, after cutting it by GPT-2's pattern if asked.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : IPreTokenizer
{
    private const string WordPattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly Lazy<Pattern> Words = new(() => Pattern.Parse(WordPattern, "ByteLevel"));

    public static ByteLevelPreTokenizer Read(TokenizerJson json)
    {
        // trim_offsets moves offsets, never ids.
        json.ExpectOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
        return new ByteLevelPreTokenizer(json.Flag("add_prefix_space", absent: true), json.Flag("use_regex", absent: true));
    }

    public Pieces Split(Pieces pieces)
    {
        StringBuilder text = new(pieces.Text.Length + 1);
        List<TextSpan> spans = new(pieces.Spans.Count);
        foreach (TextSpan span in pieces.Spans)
        {
            ReadOnlySpan<char> piece = pieces[span];
            if (addPrefixSpace && piece[0] != ' ')
            {
                piece = $" {piece}";
            }

            if (!useRegex)
            {
                Write(piece, text, spans);
                continue;
            }

            // The pattern takes every character, so its matches are the pieces.
            foreach (TextSpan word in Words.Value.Matches(piece))
            {
                Write(piece[word.Start..word.End], text, spans);
            }
        }

        return new Pieces(text.ToString(), spans, pieces.OpensText);
    }

    private static void Write(ReadOnlySpan<char> piece, StringBuilder text, List<TextSpan> spans)
    {
        int start = text.Length;
        Span<byte> bytes = stackalloc byte[4];
        foreach (Rune rune in piece.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                text.Append(ByteAlphabet.Character((byte)rune.Value));
                continue;
            }

            int count = rune.EncodeToUtf8(bytes);
            foreach (byte value in bytes[..count])
            {
                text.Append(ByteAlphabet.Character(value));
            }
        }

        spans.Add(new TextSpan(start, text.Length));
    }
}
