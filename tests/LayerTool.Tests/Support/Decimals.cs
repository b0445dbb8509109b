using System.Text.RegularExpressions;

namespace LayerTool.Tests.Support;

/// <summary>Numbers that differ in their last digits from processor to processor, for snapshots of where they stand.</summary>
internal static partial class Decimals
{
    /// <summary>Every number with a decimal point as signs of the same width: <c>12.50</c> → <c>##.##</c>.</summary>
    public static string Mask(string text) => Number().Replace(text, number => Digit().Replace(number.Value, "#"));

    [GeneratedRegex(@"\d+\.\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"\d")]
    private static partial Regex Digit();
}
