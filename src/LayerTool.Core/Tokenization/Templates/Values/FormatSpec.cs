using System.Globalization;
using System.Numerics;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>How one value of a format is written: flags, width, precision.</summary>
/// <param name="Flags">Signs such as <c>-</c>, <c>0</c>, <c>+</c>, <c>,</c>, <c>&lt;</c>.</param>
/// <param name="Width">How many characters at least.</param>
/// <param name="Precision">Digits behind the point, or characters of a text; null for the usual.</param>
internal sealed record FormatSpec(string Flags, int Width, int? Precision)
{
    private const int Widest = 10_000;

    /// <summary>Reads what stands between <c>%</c> and the letter; the place is that of the letter then.</summary>
    public static FormatSpec ReadPercent(string format, ref int at)
    {
        at++;
        int start = at;
        while (at < format.Length && "-+ #0".Contains(format[at], StringComparison.Ordinal))
        {
            at++;
        }

        string flags = format[start..at];
        int width = ReadNumber(format, ref at) ?? 0;
        int? precision = null;
        if (at < format.Length && format[at] == '.')
        {
            at++;
            precision = ReadNumber(format, ref at) ?? 0;
        }

        return new FormatSpec(flags, width, precision);
    }

    /// <summary>Reads what follows the colon in braces.</summary>
    /// <param name="spec">The text, such as <c>&gt;10.2f</c>.</param>
    /// <param name="kind">The letter at its end; <c>s</c> where there is none.</param>
    public static FormatSpec ReadBraces(string spec, out char kind)
    {
        int at = 0;
        while (at < spec.Length && "<>^-+ #0,".Contains(spec[at], StringComparison.Ordinal))
        {
            at++;
        }

        string flags = spec[..at];
        int width = ReadNumber(spec, ref at) ?? 0;
        flags += at < spec.Length && spec[at] == ',' ? "," : "";
        at += flags.EndsWith(',') && at < spec.Length && spec[at] == ',' ? 1 : 0;
        int? precision = null;
        if (at < spec.Length && spec[at] == '.')
        {
            at++;
            precision = ReadNumber(spec, ref at) ?? throw Unknown(spec);
        }

        kind = at < spec.Length ? spec[at] : '\0';
        return at + 1 >= spec.Length ? new FormatSpec(flags, width, precision) : throw Unknown(spec);
    }

    /// <summary>A value as the format wants it.</summary>
    public string Write(object? value, char kind)
    {
        bool number = kind is not ('s' or 'r');
        string text = kind switch
        {
            's' => Shortened(PythonPrinter.Str(value)),
            'r' => Shortened(PythonPrinter.Repr(value)),
            'd' or 'i' or 'u' => WriteInteger(value),
            'x' => Integer(value).ToString("x", CultureInfo.InvariantCulture).TrimStart('0') is { Length: > 0 } hex ? hex : "0",
            'f' or 'F' => Double(value).ToString($"{(Flags.Contains(',', StringComparison.Ordinal) ? 'N' : 'F')}{Precision ?? 6}", CultureInfo.InvariantCulture),
            'e' or 'E' => WriteExponent(Double(value), Precision ?? 6, kind),
            'g' or 'G' => WriteGeneral(Double(value), Precision is null or 0 ? Precision is null ? 6 : 1 : Precision.Value),
            '%' => (Double(value) * 100).ToString($"F{Precision ?? 6}", CultureInfo.InvariantCulture) + "%",
            _ => throw new TemplateFault("ValueError", $"unsupported format character '{kind}'"),
        };
        text = number && Flags.Contains('+', StringComparison.Ordinal) && !text.StartsWith('-') ? "+" + text : text;
        return Pad(text, number);
    }

    private string Pad(string text, bool number)
    {
        int missing = Width - TextIndex.Length(text);
        if (missing <= 0)
        {
            return text;
        }

        if (Flags.Contains('^', StringComparison.Ordinal))
        {
            return new string(' ', missing / 2) + text + new string(' ', missing - (missing / 2));
        }

        if (Flags.Contains('-', StringComparison.Ordinal) || Flags.Contains('<', StringComparison.Ordinal))
        {
            return text + new string(' ', missing);
        }

        if (number && Flags.Contains('0', StringComparison.Ordinal))
        {
            int sign = text[0] is '-' or '+' ? 1 : 0;
            return string.Concat(text.AsSpan(0, sign), new string('0', missing), text.AsSpan(sign));
        }

        return new string(' ', missing) + text;
    }

    private string Shortened(string text) => Precision < TextIndex.Length(text) ? string.Concat(TextIndex.Points(text).Take(Precision.Value)) : text;

    private string WriteInteger(object? value)
    {
        BigInteger number = value is double floating ? new BigInteger(Math.Truncate(floating)) : Integer(value);
        return number.ToString(Flags.Contains(',', StringComparison.Ordinal) ? "N0" : "D", CultureInfo.InvariantCulture);
    }

    private static BigInteger Integer(object? value) => Numbers.TryInteger(value, out BigInteger number)
        ? number
        : throw new TemplateFault("TypeError", $"a number is required, not {PythonType.Of(value)}");

    private static double Double(object? value) => Numbers.TryDouble(value, out double number)
        ? number
        : throw new TemplateFault("TypeError", $"must be real number, not {PythonType.Of(value)}");

    private static string WriteExponent(double value, int precision, char kind)
    {
        string text = value.ToString($"{(kind == 'e' ? 'e' : 'E')}{precision}", CultureInfo.InvariantCulture);
        int exponent = text.IndexOf(kind, StringComparison.Ordinal) + 2;
        string digits = text[exponent..].TrimStart('0');
        return text[..exponent] + digits.PadLeft(2, '0');
    }

    private static string WriteGeneral(double value, int precision)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return value == 0 ? "0" : Numbers.Print(value);
        }

        string exponent = WriteExponent(value, precision - 1, 'e');
        int power = int.Parse(exponent[(exponent.IndexOf('e', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
        if (power < -4 || power >= precision)
        {
            int e = exponent.IndexOf('e', StringComparison.Ordinal);
            string mantissa = exponent[..e];
            return (mantissa.Contains('.', StringComparison.Ordinal) ? mantissa.TrimEnd('0').TrimEnd('.') : mantissa) + exponent[e..];
        }

        string plain = value.ToString($"F{precision - 1 - power}", CultureInfo.InvariantCulture);
        return plain.Contains('.', StringComparison.Ordinal) ? plain.TrimEnd('0').TrimEnd('.') : plain;
    }

    private static int? ReadNumber(string format, ref int at)
    {
        int start = at;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
        {
            at++;
        }

        if (at == start)
        {
            return null;
        }

        return at - start < 6 && int.Parse(format.AsSpan(start, at - start), CultureInfo.InvariantCulture) is int number and <= Widest
            ? number
            : throw new TemplateFault(TemplateFault.Limit, $"a width or precision above {Widest}");
    }

    private static TemplateFault Unknown(string spec) => new("ValueError", $"Invalid format specifier '{spec}'");
}
