using System.CommandLine.Parsing;
using System.Globalization;
using LayerTool.Faults;

namespace LayerTool.Cli.Options;

/// <summary>
/// Parsers for values of options. A fault here is wrong usage: it is seen from the command line alone, before any file is opened.
/// </summary>
internal static class Syntax
{
    /// <summary>A parser of Core, whose faults become errors of the command line.</summary>
    public static Func<ArgumentResult, T?> Of<T>(Func<string, T> parse) => result =>
    {
        try
        {
            return parse(result.Tokens[^1].Value);
        }
        catch (LayerToolException fault)
        {
            result.AddError(UsageErrors.WithHint($"{NameOf(result)}: {fault.Message}", fault.Hint));
            return default;
        }
    };

    /// <summary>A whole number in a range, both ends included.</summary>
    public static Func<ArgumentResult, long?> WholeNumber(long minimum, long maximum = long.MaxValue) => result =>
    {
        string text = result.Tokens[^1].Value;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        string range = maximum == long.MaxValue ? $"of at least {minimum}" : $"from {minimum} to {maximum}";
        result.AddError($"{NameOf(result)} is `{text}`, expected a whole number {range}");
        return null;
    };

    /// <summary>A day, or a day and a time of it.</summary>
    public static DateTime? Time(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        string[] formats = ["yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd"];
        if (DateTime.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime time))
        {
            return time;
        }

        result.AddError($"{NameOf(result)} is `{text}`, expected a time such as `2026-07-26T09:05:03`");
        return null;
    }

    /// <summary>A whole number that fits an <see cref="int"/>.</summary>
    public static Func<ArgumentResult, int?> Count(int minimum = 1)
    {
        Func<ArgumentResult, long?> parse = WholeNumber(minimum, int.MaxValue);
        return result => (int?)parse(result);
    }

    /// <summary>A number.</summary>
    /// <param name="expected">What it may be, in words.</param>
    /// <param name="isAllowed">Whether it may be a finite number.</param>
    /// <param name="hint">What to do where it may not.</param>
    public static Func<ArgumentResult, double?> Number(string expected, Func<double, bool> isAllowed, string hint) => result =>
    {
        string text = result.Tokens[^1].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) && isAllowed(number))
        {
            return number;
        }

        result.AddError(UsageErrors.WithHint($"{NameOf(result)} is `{text}`, expected {expected}", hint));
        return null;
    };

    /// <summary>A path; what lies there is looked at by whoever opens it.</summary>
    public static string? Path(ArgumentResult result) => Paths(result)[^1];

    /// <summary>Paths, at least one.</summary>
    public static string[] Paths(ArgumentResult result)
    {
        string[] paths = [.. result.Tokens.Select(token => token.Value)];
        if (paths.Any(string.IsNullOrWhiteSpace))
        {
            result.AddError($"{NameOf(result)} is empty, expected a path");
        }

        return paths;
    }

    /// <summary>A number of bytes: <c>5GB</c>, <c>500MB</c>, <c>1.5 GiB</c>, <c>4096</c>.</summary>
    public static long? ByteSize(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        string number = text[..(text.Length - text.Reverse().TakeWhile(char.IsAsciiLetter).Count())].TrimEnd();
        double factor = text[number.Length..].Trim().ToUpperInvariant() switch
        {
            "" or "B" => 1,
            "KB" => 1e3,
            "MB" => 1e6,
            "GB" => 1e9,
            "TB" => 1e12,
            "KIB" => 1L << 10,
            "MIB" => 1L << 20,
            "GIB" => 1L << 30,
            "TIB" => 1L << 40,
            _ => double.NaN,
        };
        if (double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value * factor is >= 1 and < 1e18)
        {
            return (long)(value * factor);
        }

        result.AddError($"{NameOf(result)} is `{text}`, expected a size such as `5GB` or `500MB`");
        return null;
    }

    /// <summary>One of a few words.</summary>
    public static Func<ArgumentResult, T> OneOf<T>(params (string Word, T Value)[] words) => result =>
    {
        string text = result.Tokens[^1].Value;
        foreach ((string word, T value) in words)
        {
            if (word == text)
            {
                return value;
            }
        }

        string nearest = Spelling.Nearest(text, words.Select(pair => pair.Word)) is string near ? $" (did you mean `{near}`?)" : "";
        result.AddError($"{NameOf(result)} is `{text}`, expected {string.Join(", ", words.Select(pair => $"`{pair.Word}`"))}{nearest}");
        return words[0].Value;
    };

    private static string NameOf(ArgumentResult result) =>
        result.Parent is OptionResult option ? $"`{option.Option.Name}`" : $"`{result.Argument.Name}`";
}
