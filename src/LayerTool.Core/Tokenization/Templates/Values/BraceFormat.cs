using System.Globalization;
using System.Text;
using LayerTool.Tokenization.Templates.Running;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>Python's <c>str.format</c> for plain fields: <c>{}</c>, <c>{0}</c>, <c>{name}</c>, each with a format behind a colon.</summary>
internal static class BraceFormat
{
    public static string Apply(Budget budget, string format, Arguments given)
    {
        StringBuilder result = new();
        int next = 0;
        for (int at = 0; at < format.Length; at++)
        {
            char unit = format[at];
            if (unit is not ('{' or '}'))
            {
                result.Append(unit);
                continue;
            }

            if (at + 1 < format.Length && format[at + 1] == unit)
            {
                result.Append(unit);
                at++;
                continue;
            }

            int end = unit == '{' ? format.IndexOf('}', at) : -1;
            if (end < 0)
            {
                throw new TemplateFault("ValueError", $"Single '{unit}' encountered in format string");
            }

            string[] field = format[(at + 1)..end].Split(':', 2);
            object? value = Find(field[0], given, ref next);
            string text = field.Length == 1 ? PythonPrinter.Str(value) : Written(value, field[1]);
            budget.Charge(text.Length);
            result.Append(text);
            at = end;
        }

        return result.ToString();
    }

    private static string Written(object? value, string format)
    {
        FormatSpec spec = FormatSpec.ReadBraces(format, out char kind);
        return kind != '\0'
            ? spec.Write(value, kind)
            : value is string || !Numbers.IsNumber(value) ? (spec with { Flags = spec.Flags + (spec.Flags.Contains('>', StringComparison.Ordinal) ? "" : "<") }).Write(value, 's') : spec.Write(value, value is double ? 'g' : 'd');
    }

    private static object? Find(string name, Arguments given, ref int next)
    {
        if (name.Length == 0)
        {
            name = next++.ToString(CultureInfo.InvariantCulture);
        }

        int place = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : int.MaxValue;
        return given.TryGet(place, name, out object? value)
            ? value
            : throw new TemplateFault(place == int.MaxValue ? "KeyError" : "IndexError", $"no argument for the field `{name}` of the format");
    }
}
