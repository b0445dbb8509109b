using System.Text;
using LayerTool.Tokenization.Templates.Running;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>Python's <c>%</c> on texts: <c>'%05d' % 42</c>.</summary>
internal static class PercentFormat
{
    public static string Apply(Budget budget, string format, object? values)
    {
        Queue<object?> left = new(values is TupleValue tuple ? tuple.Items : [values]);
        StringBuilder result = new();
        for (int at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                result.Append(format[at]);
                continue;
            }

            string name = "";
            if (at + 1 < format.Length && format[at + 1] == '(')
            {
                int end = format.IndexOf(')', at);
                name = end < 0 ? throw Incomplete() : format[(at + 2)..end];
                at = end;
            }

            FormatSpec spec = FormatSpec.ReadPercent(format, ref at);
            if (at >= format.Length)
            {
                throw Incomplete();
            }

            if (format[at] == '%')
            {
                result.Append('%');
                continue;
            }

            object? value = name.Length > 0 && values is DictValue dict
                ? dict.TryGet(name, out object? found) ? found : throw new TemplateFault("KeyError", TextLiteral.Of(name))
                : left.TryDequeue(out object? next) ? next : throw new TemplateFault("TypeError", "not enough arguments for format string");
            budget.Charge(spec.Width + (spec.Precision ?? 0));
            result.Append(spec.Write(value, format[at]));
        }

        return left.Count > 0 && values is not DictValue
            ? throw new TemplateFault("TypeError", "not all arguments converted during string formatting")
            : budget.Made(result.ToString());
    }

    private static TemplateFault Incomplete() => new("ValueError", "incomplete format");
}
