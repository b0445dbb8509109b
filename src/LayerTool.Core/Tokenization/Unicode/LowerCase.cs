namespace LayerTool.Tokenization.Unicode;

/// <summary>Lower case by the reference tokenizer library's table.</summary>
internal static class LowerCase
{
    private static readonly Lazy<Dictionary<int, string>> Table = new(Read);

    /// <summary>A character's lower case, or null where it has none of its own.</summary>
    public static string? Find(int point) => Table.Value.GetValueOrDefault(point);

    private static Dictionary<int, string> Read() => UnicodeTable.Lines("lower-case.txt").ToDictionary(
        fields => UnicodeTable.Point(fields[0]),
        fields => string.Concat(fields.Skip(1).Select(field => char.ConvertFromUtf32(UnicodeTable.Point(field)))));
}
