using System.Buffers.Binary;
using System.Text;
using LayerTool.Faults;

namespace LayerTool.Tokenization.Normalizers;

/// <summary>
/// The character map of sentencepiece models: texts and what replaces them, as a double-array trie over UTF-8 bytes
/// (https://github.com/s-yata/darts-clone) and, behind it, the replacements with a zero byte after each.
/// </summary>
internal sealed class CharacterMap
{
    private const int FirstPlane = 0x10000;

    private readonly uint[] _units;
    private readonly byte[] _replacements;
    private readonly string _where;

    // What replaces each single character of the first plane, filled as they are met.
    private readonly string?[] _known = new string?[FirstPlane];
    private readonly bool[] _isKnown = new bool[FirstPlane];

    private CharacterMap(uint[] units, byte[] replacements, string where)
    {
        _units = units;
        _replacements = replacements;
        _where = where;
    }

    /// <summary>Reads a map.</summary>
    /// <param name="blob">The size of the trie in bytes as four bytes, the trie, the replacements.</param>
    /// <param name="where">File and field, for messages.</param>
    /// <exception cref="LayerToolException">It is cut short.</exception>
    public static CharacterMap Parse(ReadOnlySpan<byte> blob, string where)
    {
        if (blob.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(blob) is uint size && (size > blob.Length - 4 || size % 4 != 0 || size == 0))
        {
            throw new LayerToolException($"{where} is a character map that is cut short", "take the file from the folder that the weights came from");
        }

        ReadOnlySpan<byte> trie = blob.Slice(4, (int)BinaryPrimitives.ReadUInt32LittleEndian(blob));
        uint[] units = new uint[trie.Length / 4];
        for (int i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(trie[(4 * i)..]);
        }

        return new CharacterMap(units, blob[(4 + trie.Length)..].ToArray(), where);
    }

    /// <summary>What replaces a character, or null where it stays.</summary>
    public string? Character(Rune rune)
    {
        if (rune.Value >= FirstPlane)
        {
            return Find(rune.ToString(), longest: false, out _);
        }

        if (!_isKnown[rune.Value])
        {
            _known[rune.Value] = Find(rune.ToString(), longest: false, out _);
            _isKnown[rune.Value] = true;
        }

        return _known[rune.Value];
    }

    /// <summary>What replaces the shortest entry that a text begins with, or null.</summary>
    public string? ShortestPrefix(ReadOnlySpan<char> text) => Find(text, longest: false, out _);

    /// <summary>What replaces the longest entry that a text begins with, or null.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">How many of its UTF-16 units that entry takes.</param>
    public string? LongestPrefix(ReadOnlySpan<char> text, out int length) => Find(text, longest: true, out length);

    private string? Find(ReadOnlySpan<char> text, bool longest, out int length)
    {
        length = 0;
        int found = -1;
        uint node = Offset(Unit(0));
        int unit = 0;
        Span<byte> bytes = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            unit += rune.Utf16SequenceLength;
            int count = rune.EncodeToUtf8(bytes);
            for (int i = 0; i < count; i++)
            {
                node ^= bytes[i];
                uint value = Unit(node);
                if (bytes[i] == 0 || (value & 0x800000FF) != bytes[i])
                {
                    return Replacement(found);
                }

                node ^= Offset(value);
                if ((value >> 8 & 1) != 0)
                {
                    (found, length) = ((int)(Unit(node) & 0x7FFFFFFF), unit);
                    if (!longest)
                    {
                        return Replacement(found);
                    }
                }
            }
        }

        return Replacement(found);
    }

    private string? Replacement(int start)
    {
        if (start < 0)
        {
            return null;
        }

        if (start > _replacements.Length)
        {
            throw Broken();
        }

        ReadOnlySpan<byte> rest = _replacements.AsSpan(start);
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private uint Unit(uint place) => place < _units.Length ? _units[place] : throw Broken();

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 0x200) >> 6);

    private LayerToolException Broken() =>
        new($"{_where} is a character map that points outside of itself", "take the file from the folder that the weights came from");
}
