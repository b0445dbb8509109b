using System.Text;
using LayerTool.Tokenization.Normalizers;

namespace LayerTool.Tokenization.SentencePiece;

/// <summary>Normalizes text as sentencepiece does: by the longest entries of its character map, then spaces, which become ▁.</summary>
/// <param name="map">The character map, or null.</param>
/// <param name="addsPrefix">Whether a space is put in front.</param>
/// <param name="removesExtraSpaces">Whether runs of spaces become one, and those at the ends go.</param>
/// <param name="kept">Texts that stay as they are, the longest first.</param>
internal sealed class SentencePieceNormalizer(CharacterMap? map, bool addsPrefix, bool removesExtraSpaces, IReadOnlyList<string> kept) : INormalizer
{
    /// <summary>Stands for a space.</summary>
    public const char Space = '\u2581';

    public AlignedText Normalize(AlignedText text)
    {
        AlignedTextBuilder result = new(text);
        int place = 0;
        bool afterSpace = removesExtraSpaces;
        int pendingSpace = -1; // written only if something follows, where extra spaces are removed
        bool opened = false;
        while (place < text.Value.Length)
        {
            ReadOnlySpan<char> written = Prefix(text.Value.AsSpan(place), out int length);
            foreach (char unit in written)
            {
                if (unit == ' ' && removesExtraSpaces)
                {
                    pendingSpace = afterSpace ? pendingSpace : place;
                    afterSpace = true;
                    continue;
                }

                Open(ref opened, place);
                if (pendingSpace >= 0)
                {
                    result.Put(Space, pendingSpace);
                    pendingSpace = -1;
                }

                afterSpace = false;
                result.Put(unit == ' ' ? Space : unit, place);
            }

            if (!removesExtraSpaces)
            {
                Open(ref opened, place);
            }

            place += length;
        }

        return result.Build();

        void Open(ref bool isOpen, int at)
        {
            if (!isOpen && addsPrefix && result.Length == 0)
            {
                result.Put(Space, at);
            }

            isOpen = true;
        }
    }

    // What the text begins with, normalized.
    private ReadOnlySpan<char> Prefix(ReadOnlySpan<char> text, out int length)
    {
        foreach (string whole in kept)
        {
            if (text.StartsWith(whole, StringComparison.Ordinal))
            {
                length = whole.Length;
                return whole;
            }
        }

        length = 0;
        if (map?.LongestPrefix(text, out length) is { } replacement)
        {
            return replacement;
        }

        Rune.DecodeFromUtf16(text, out _, out length);
        return text[..length];
    }
}
