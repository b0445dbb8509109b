namespace LayerTool.Tokenization.Unicode;

/// <summary>The script that each character is written in.</summary>
internal static class Scripts
{
    /// <summary>Of spaces and of what is not assigned: it goes with every script.</summary>
    public const int Any = 0;

    private const int HanKana = 1;
    private const int ProlongedSound = 0x30FC;

    private static readonly Lazy<byte[]> Table = new(Read);

    /// <summary>A number for the script of a character: equal for equal scripts. Hiragana, Katakana and Han count as one.</summary>
    public static int Of(int point) => point switch
    {
        ' ' => Any,
        ProlongedSound => HanKana,
        _ => Table.Value[point],
    };

    private static byte[] Read()
    {
        byte[] table = new byte[0x110000];
        byte next = HanKana + 1;
        foreach (string[] fields in UnicodeTable.Lines("scripts.txt"))
        {
            byte script = fields[0] is "Han" or "Hiragana" or "Katakana" ? (byte)HanKana : next++;
            foreach (CodePointRange range in fields.Skip(1).Select(UnicodeTable.Range))
            {
                table.AsSpan(range.First, range.Last - range.First + 1).Fill(script);
            }
        }

        return table;
    }
}
