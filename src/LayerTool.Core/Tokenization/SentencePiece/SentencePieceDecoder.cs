using System.Buffers;
using System.Globalization;
using System.Text;
using LayerTool.Tokenization.Decoders;

namespace LayerTool.Tokenization.SentencePiece;

/// <summary>Decodes as sentencepiece does: control pieces say nothing, a byte that is not UTF-8 becomes one U+FFFD.</summary>
internal sealed class SentencePieceDecoder(SentencePieceFile file) : IDecoder
{
    private readonly Dictionary<string, PieceKind> _kinds = file.Pieces
        .Where(piece => piece.Kind is PieceKind.Control or PieceKind.Unknown or PieceKind.Byte)
        .DistinctBy(piece => piece.Text)
        .ToDictionary(piece => piece.Text, piece => piece.Kind, StringComparer.Ordinal);

    public List<string> Decode(List<string> tokens)
    {
        StringBuilder text = new();
        List<byte> bytes = [];
        bool atStart = true;
        bool spaceSeen = false;
        foreach (string token in tokens)
        {
            PieceKind kind = _kinds.GetValueOrDefault(token, PieceKind.Normal);
            if (kind == PieceKind.Byte && token.Length == 6)
            {
                bytes.Add(byte.Parse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                continue;
            }

            AddBytes(bytes, text);
            atStart &= !spaceSeen && text.Length == 0;
            switch (kind)
            {
                case PieceKind.Control:
                    break;
                case PieceKind.Unknown:
                    text.Append(file.UnknownSurface);
                    break;
                default:
                    bool drops = atStart && (file.AddsPrefix || file.RemovesExtraSpaces) && token.StartsWith(SentencePieceNormalizer.Space);
                    spaceSeen |= drops && !file.RemovesExtraSpaces;
                    text.Append(token.AsSpan(drops ? 1 : 0).ToString().Replace(SentencePieceNormalizer.Space, ' '));
                    break;
            }
        }

        AddBytes(bytes, text);
        return [text.ToString()];
    }

    private static void AddBytes(List<byte> bytes, StringBuilder text)
    {
        ReadOnlySpan<byte> rest = bytes.ToArray();
        while (!rest.IsEmpty)
        {
            bool whole = Rune.DecodeFromUtf8(rest, out Rune rune, out int length) == OperationStatus.Done;
            text.Append(whole ? rune : Rune.ReplacementChar);
            rest = rest[(whole ? length : 1)..];
        }

        bytes.Clear();
    }
}
