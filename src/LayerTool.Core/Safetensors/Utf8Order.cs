namespace LayerTool.Safetensors;

/// <summary>
/// Order of names by their UTF-8 bytes, as the reference writer sorts them. Ordinal comparison of UTF-16 differs where a
/// character beyond U+FFFF meets one from U+E000 on.
/// </summary>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Comparer = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> left = x;
        ReadOnlySpan<char> right = y;
        int common = left.CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        return CodePointRank(left[common]).CompareTo(CodePointRank(right[common]));
    }

    /// <summary>Surrogates stand for the highest code points.</summary>
    private static int CodePointRank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
