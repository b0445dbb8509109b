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
        // trim_offsets counts in the post-processor alone.
        json.ExpectOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
        return new ByteLevelPreTokenizer(json.Flag("add_prefix_space", absent: true), json.Flag("use_regex", absent: true));
    }

    public Pieces Split(Pieces pieces)
    {
        if (addPrefixSpace)
        {
            pieces = WithPrefixSpaces(pieces);
        }

        AlignedTextBuilder text = new(pieces.Text);
        List<TextSpan> spans = new(pieces.Spans.Count);
        foreach (TextSpan span in pieces.Spans)
        {
            if (!useRegex)
            {
                Write(pieces, span, text, spans);
                continue;
            }

            // The pattern takes every character, so its matches are the pieces.
            foreach (TextSpan word in Words.Value.Matches(pieces[span]))
            {
                Write(pieces, new TextSpan(span.Start + word.Start, span.Start + word.End), text, spans);
            }
        }

        return new Pieces(text.Build(), spans, pieces.OpensText);
    }

    private static Pieces WithPrefixSpaces(Pieces pieces)
    {
        AlignedTextBuilder text = new(pieces.Text);
        List<TextSpan> spans = new(pieces.Spans.Count);
        foreach (TextSpan span in pieces.Spans)
        {
            int start = text.Length;
            if (pieces[span][0] != ' ')
            {
                text.Put(' ', span.Start);
            }

            text.Keep(span);
            spans.Add(new TextSpan(start, text.Length));
        }

        return new Pieces(text.Build(), spans, pieces.OpensText);
    }

    private static void Write(Pieces pieces, TextSpan span, AlignedTextBuilder text, List<TextSpan> spans)
    {
        int start = text.Length;
        int place = span.Start;
        Span<byte> bytes = stackalloc byte[4];
        Span<char> characters = stackalloc char[4];
        foreach (Rune rune in pieces[span].EnumerateRunes())
        {
            int count = rune.EncodeToUtf8(bytes);
            for (int i = 0; i < count; i++)
            {
                characters[i] = ByteAlphabet.Character(bytes[i]);
            }

            text.Put(characters[..count], place);
            place += rune.Utf16SequenceLength;
        }

        spans.Add(new TextSpan(start, text.Length));
    }
}
