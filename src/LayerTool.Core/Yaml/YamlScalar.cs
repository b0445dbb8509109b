using System.Globalization;
using System.Text.RegularExpressions;

namespace LayerTool.Yaml;

/// <summary>
/// A single value. What a plain one means (null, truth, number) is settled by the reader that asks, in the words of YAML 1.1, as
/// Python's readers take it.
/// </summary>
/// <param name="Text">The value without its quotes.</param>
/// <param name="IsPlain">Whether it stands without quotes, so that it may be more than a string.</param>
/// <param name="Line">The line that it begins in, from 1.</param>
/// <param name="Tag">Its explicit tag, or null.</param>
public sealed partial record YamlScalar(string Text, bool IsPlain, int Line, string? Tag = null) : YamlNode(Line, Tag)
{
    /// <summary>Whether it says that there is no value.</summary>
    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>Its truth value, or null where it has none.</summary>
    public bool? Flag => !IsPlain
        ? null
        : Text.ToLowerInvariant() switch
        {
            "true" or "yes" or "on" => true,
            "false" or "no" or "off" => false,
            _ => null,
        };

    /// <summary>Its number, or null. A quoted number is one too: readers that expect a number take it.</summary>
    public double? Number =>
        NumberForm().IsMatch(Text) && double.TryParse(Text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : null;

    /// <summary>Its whole number, or null.</summary>
    public long? Whole => Number is double number && Math.Floor(number) == number && Math.Abs(number) < 1L << 53 ? (long)number : null;

    internal override int Size => 1;

    [GeneratedRegex(@"^[-+]?(\d[\d_]*(\.[\d_]*)?|\.\d[\d_]*)([eE][-+]?\d{1,5})?$")]
    private static partial Regex NumberForm();
}
