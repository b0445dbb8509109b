using System.Globalization;
using System.Text;

namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>Reads what follows a backslash in a text in quotes, as Python does.</summary>
internal static class EscapeText
{
    /// <summary>Adds the character that an escape stands for.</summary>
    /// <param name="source">The template.</param>
    /// <param name="at">The place behind the backslash.</param>
    /// <param name="text">Where the character goes.</param>
    /// <param name="fault">Makes a fault of a message.</param>
    /// <returns>How many characters of the source it takes.</returns>
    public static int Read(string source, int at, StringBuilder text, Func<string, TemplateFault> fault)
    {
        char kind = source[at];
        switch (kind)
        {
            case '\n':
                return 1;
            case 'x':
                return AddHex(source, at, 2, text, fault);
            case 'u':
                return AddHex(source, at, 4, text, fault);
            case 'U':
                return AddHex(source, at, 8, text, fault);
            case >= '0' and <= '7':
                int end = at;
                int value = 0;
                while (end < source.Length && end < at + 3 && source[end] is >= '0' and <= '7')
                {
                    value = (value * 8) + source[end++] - '0';
                }

                text.Append((char)value);
                return end - at;
            default:
                const string Names = "abfnrtv\\'\"";
                const string Characters = "\a\b\f\n\r\t\v\\'\"";
                int name = Names.IndexOf(kind, StringComparison.Ordinal);
                text.Append(name >= 0 ? Characters[name].ToString() : $"\\{kind}");
                return 1;
        }
    }

    private static int AddHex(string source, int at, int digits, StringBuilder text, Func<string, TemplateFault> fault)
    {
        if (at + 1 + digits > source.Length
            || !int.TryParse(source.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || value is < 0 or > 0x10FFFF)
        {
            throw fault($"an escape `\\{source[at]}` without its {digits} hexadecimal digits");
        }

        text.Append(value < 0x10000 ? ((char)value).ToString() : char.ConvertFromUtf32(value));
        return 1 + digits;
    }
}
