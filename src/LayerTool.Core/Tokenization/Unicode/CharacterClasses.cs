namespace LayerTool.Tokenization.Unicode;

/// <summary>The character classes of the reference tokenizer library, read once from the table beside this file.</summary>
internal static class CharacterClasses
{
    private static readonly Lazy<Dictionary<string, CodePointSet>> Table = new(Read);

    /// <summary>White space: <c>\s</c>.</summary>
    public static CodePointSet Space => Table.Value["space"];

    /// <summary>Decimal digits: <c>\d</c>.</summary>
    public static CodePointSet Digit => Table.Value["digit"];

    /// <summary>Word characters: <c>\w</c>.</summary>
    public static CodePointSet Word => Table.Value["word"];

    /// <summary>Word characters of the library's other regular expression engine: the Whitespace pre-tokenizer, words beside added tokens.</summary>
    public static CodePointSet PlainWord => Table.Value["plain-word"];

    /// <summary>What the Punctuation and Bert pre-tokenizers cut out.</summary>
    public static CodePointSet Punctuation => Table.Value["punctuation"];

    /// <summary>What StripAccents leaves out.</summary>
    public static CodePointSet Accent => Table.Value["accent"];

    /// <summary>What the Bert normalizer leaves out as accents.</summary>
    public static CodePointSet BertAccent => Table.Value["bert-accent"];

    /// <summary>What the Bert normalizer leaves out as control characters.</summary>
    public static CodePointSet BertRemoved => Table.Value["bert-removed"];

    /// <summary>What the Bert normalizer makes a space of.</summary>
    public static CodePointSet BertSpace => Table.Value["bert-space"];

    /// <summary>What the Bert normalizer puts spaces around.</summary>
    public static CodePointSet BertChinese => Table.Value["bert-chinese"];

    /// <summary>What the Digits pre-tokenizer takes for a number; newer than <c>\p{N}</c>.</summary>
    public static CodePointSet Numeric => Table.Value["numeric"];

    /// <summary>The general category of that name, such as <c>L</c> or <c>Lu</c>, or null where the table has none.</summary>
    public static CodePointSet? Category(string name) =>
        name.Length > 0 && char.IsAsciiLetterUpper(name[0]) ? Table.Value.GetValueOrDefault(name) : null;

    private static Dictionary<string, CodePointSet> Read()
    {
        Dictionary<string, CodePointSet> classes = new(StringComparer.Ordinal);
        foreach (string[] fields in UnicodeTable.Lines("classes.txt"))
        {
            classes.Add(fields[0], CodePointSet.Of(fields.Skip(1).Select(UnicodeTable.Range)));
        }

        return classes;
    }
}
