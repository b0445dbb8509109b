using System.Globalization;
using System.Numerics;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>Python's numbers: whole ones of any size, floating-point ones; true and false count as 1 and 0.</summary>
internal static class Numbers
{
    // Beyond that a whole number would be work without end; Python itself refuses to print longer ones.
    private const int MostBits = 14_000;

    public static bool IsNumber(object? value) => value is bool or BigInteger or double;

    public static bool TryInteger(object? value, out BigInteger number)
    {
        switch (value)
        {
            case bool flag:
                number = flag ? 1 : 0;
                return true;
            case BigInteger integer:
                number = integer;
                return true;
            default:
                number = default;
                return false;
        }
    }

    public static bool TryDouble(object? value, out double number)
    {
        switch (value)
        {
            case double floating:
                number = floating;
                return true;
            case bool or BigInteger:
                _ = TryInteger(value, out BigInteger integer);
                number = (double)integer;
                return true;
            default:
                number = default;
                return false;
        }
    }

    /// <summary>The result of an operator on two numbers.</summary>
    public static object Calculate(string sign, object? left, object? right)
    {
        if (TryInteger(left, out BigInteger a) && TryInteger(right, out BigInteger b))
        {
            return Calculate(sign, a, b);
        }

        _ = TryDouble(left, out double x);
        _ = TryDouble(right, out double y);
        return Calculate(sign, x, y);
    }

    private static object Calculate(string sign, BigInteger a, BigInteger b)
    {
        switch (sign)
        {
            case "+":
                return a + b;
            case "-":
                return a - b;
            case "*":
                return Bits(a) + Bits(b) > MostBits ? throw TooLarge() : a * b;
            case "/":
                return b.IsZero ? throw ByZero("division by zero") : (double)a / (double)b;
            case "//":
                return b.IsZero ? throw ByZero("integer division or modulo by zero") : (a - Remainder(a, b)) / b;
            case "%":
                return b.IsZero ? throw ByZero("integer modulo by zero") : Remainder(a, b);
            default:
                return b < 0
                    ? Math.Pow((double)a, (double)b)
                    : b > MostBits || (Bits(a) > 1 && Bits(a) * (long)b > MostBits) ? throw TooLarge() : BigInteger.Pow(a, (int)b);
        }
    }

    private static double Calculate(string sign, double a, double b) => sign switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => b == 0 ? throw ByZero("float division by zero") : a / b,
        "//" => b == 0 ? throw ByZero("float floor division by zero") : Math.Floor(a / b),
        "%" => b == 0 ? throw ByZero("float modulo") : a - (b * Math.Floor(a / b)),
        _ => Math.Pow(a, b),
    };

    /// <summary>A whole number as Python's <c>int()</c> reads it, or null.</summary>
    public static BigInteger? ParseInteger(string text) => text.Length < 4000
        && BigInteger.TryParse(PythonSpace.Trim(text).Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number)
            ? number
            : null;

    /// <summary>A number as Python's <c>float()</c> reads it, or null.</summary>
    public static double? ParseDouble(string text) => PythonSpace.Trim(text).ToLowerInvariant() switch
    {
        "inf" or "+inf" or "infinity" => double.PositiveInfinity,
        "-inf" or "-infinity" => double.NegativeInfinity,
        "nan" => double.NaN,
        { } other => double.TryParse(other, NumberStyles.Float & ~NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out double number) ? number : null,
    };

    /// <summary>A floating-point number as Python prints it: the shortest digits that read back the same.</summary>
    public static string Print(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        string digits = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        int exponent = value == 0 ? 0 : Exponent(digits);
        string sign = value < 0 || (value == 0 && double.IsNegative(value)) ? "-" : "";
        string significant = Significant(digits);
        if (exponent is < -4 or >= 16)
        {
            string mantissa = significant.Length == 1 ? significant : $"{significant[0]}.{significant[1..]}";
            return $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)}";
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{significant}";
        }

        string padded = significant.PadRight(exponent + 2, '0');
        return $"{sign}{padded[..(exponent + 1)]}.{padded[(exponent + 1)..]}";
    }

    // The power of ten of the first digit that is not 0.
    private static int Exponent(string printed)
    {
        int mark = printed.IndexOf('E', StringComparison.Ordinal);
        if (mark >= 0)
        {
            return int.Parse(printed.AsSpan(mark + 1), CultureInfo.InvariantCulture);
        }

        int point = printed.IndexOf('.', StringComparison.Ordinal);
        int first = printed.AsSpan().IndexOfAnyInRange('1', '9');
        return point < 0 ? printed.Length - 1 - first : first < point ? point - 1 - first : point - first;
    }

    // The digits of a number without point, exponent, and zeros at the ends.
    private static string Significant(string printed)
    {
        int exponent = printed.IndexOf('E', StringComparison.Ordinal);
        string digits = (exponent < 0 ? printed : printed[..exponent]).Replace(".", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).Trim('0');
        return digits.Length == 0 ? "0" : digits;
    }

    private static BigInteger Remainder(BigInteger a, BigInteger b)
    {
        BigInteger rest = BigInteger.Remainder(a, b);
        return !rest.IsZero && rest.Sign != b.Sign ? rest + b : rest;
    }

    private static long Bits(BigInteger value) => value.GetBitLength();

    private static TemplateFault ByZero(string text) => new("ZeroDivisionError", text);

    private static TemplateFault TooLarge() => new(TemplateFault.Limit, $"a whole number of more than {MostBits} bits");
}
