using System.Globalization;
using System.Numerics;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>Filters on single values: numbers, defaults, JSON.</summary>
internal static class ValueFilters
{
    public static IEnumerable<KeyValuePair<string, Func<Evaluator, object?, Arguments, object?>>> All =>
    [
        new("default", (_, value, given) => Default(value, given)),
        new("d", (_, value, given) => Default(value, given)),
        new("int", (_, value, given) => ToInteger(value, given)),
        new("float", (_, value, given) => value is string text ? Numbers.ParseDouble(text) ?? given.Get(0, "default", 0.0) : Numbers.TryDouble(value, out double number) ? number : given.Get(0, "default", 0.0)),
        new("abs", (_, value, _) => value is double number ? Math.Abs(number) : BigInteger.Abs(Integer(value))),
        new("round", (_, value, given) => Round(value, given)),
        new("filesizeformat", (_, value, given) => FileSize(value, given.Flag(0, "binary"))),
        new("tojson", ToJson),
        new("attr", (evaluator, value, given) => evaluator.Members.OwnAttribute(value, given.Text(0, "name"))),
        new("pprint", (evaluator, value, _) => evaluator.Budget.Made(PythonPrinter.Repr(value))),
        new("xmlattr", (evaluator, value, _) => XmlAttributes(evaluator.Budget, value)),
    ];

    private static object? Default(object? value, Arguments given) =>
        value is Undefined || (given.Flag(1, "boolean") && !PythonOperators.IsTrue(value)) ? given.Get(0, "default_value", "") : value;

    private static object? ToInteger(object? value, Arguments given)
    {
        object? absent = given.Get(0, "default", BigInteger.Zero);
        return value switch
        {
            double number => double.IsFinite(number) ? new BigInteger(Math.Truncate(number)) : absent,
            string text => Numbers.ParseInteger(text) ?? (Numbers.ParseDouble(text) is { } number && double.IsFinite(number) ? new BigInteger(Math.Truncate(number)) : absent),
            _ => Numbers.TryInteger(value, out BigInteger integer) ? integer : absent,
        };
    }

    private static BigInteger Integer(object? value) => Numbers.TryInteger(value, out BigInteger number)
        ? number
        : throw new TemplateFault("TypeError", $"bad operand type for abs(): '{PythonType.Of(value)}'");

    private static object? Round(object? value, Arguments given)
    {
        int digits = Math.Clamp(given.Int(0, "precision", 0), -15, 15);
        string method = given.OptionalText(1, "method") ?? "common";
        if (method == "common" && value is not double && Numbers.TryInteger(value, out BigInteger whole))
        {
            return whole;
        }

        if (!Numbers.TryDouble(value, out double number))
        {
            throw new TemplateFault("TypeError", $"type {PythonType.Of(value)} doesn't define __round__ method");
        }

        double scale = Math.Pow(10, digits);
        return method switch
        {
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            "common" => digits < 0 ? Math.Round(number * scale) / scale : RoundDecimal(number, digits),
            _ => throw new TemplateFault("FilterArgumentError", "method must be common, ceil or floor"),
        };
    }

    // Python rounds the exact value, ties to even; so does printing with that many digits.
    private static double RoundDecimal(double number, int digits) => digits == 0 || !double.IsFinite(number)
        ? Math.Round(number)
        : double.Parse(number.ToString($"F{digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string FileSize(object? value, bool binary)
    {
        if (!Numbers.TryDouble(value is string text ? Numbers.ParseDouble(text) : value, out double bytes))
        {
            throw new TemplateFault("TypeError", $"a number is required, not {PythonType.Of(value)}");
        }

        double unit = binary ? 1024 : 1000;
        string[] names = binary ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] : ["kB", "MB", "GB", "TB", "PB", "EB"];
        if (bytes < unit)
        {
            return bytes == 1 ? "1 Byte" : $"{Numbers.Print(Math.Floor(bytes)).Replace(".0", "", StringComparison.Ordinal)} Bytes";
        }

        int place = 0;
        double size = bytes / unit;
        while (size >= unit && place < names.Length - 1)
        {
            size /= unit;
            place++;
        }

        return $"{size.ToString("F1", CultureInfo.InvariantCulture)} {names[place]}";
    }

    private static string ToJson(Evaluator evaluator, object? value, Arguments given)
    {
        object? width = given.Get(1, "indent");
        string? indent = width switch
        {
            null => null,
            string text => text,
            _ => new string(' ', Math.Clamp(given.Int(1, "indent", 0), 0, 1000)),
        };
        (string item, string key) = (indent is null ? ", " : ",", ": ");
        if (given.Get(2, "separators") is { } separators)
        {
            List<object?> pair = [.. PythonOperators.Iterate(separators)];
            (item, key) = pair is [string first, string second] ? (first, second) : throw new TemplateFault("ValueError", "separators must be two texts");
        }

        return evaluator.Budget.Made(new JsonPrinter(indent, item, key, given.Flag(0, "ensure_ascii"), given.Flag(3, "sort_keys")).Print(value));
    }

    private static string XmlAttributes(Budget budget, object? value)
    {
        DictValue dict = value as DictValue ?? throw new TemplateFault("TypeError", "xmlattr takes a mapping");
        return budget.Made(string.Concat(dict.Entries.Where(entry => entry.Value is not (null or Undefined))
            .Select(entry => $" {TextFilters.EscapeHtml(PythonPrinter.Str(entry.Key))}=\"{TextFilters.EscapeHtml(PythonPrinter.Str(entry.Value))}\"")));
    }
}
