using System.Numerics;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>Operators on numbers, texts and lists.</summary>
internal static class Arithmetic
{
    public static object? Apply(Budget budget, string sign, object? left, object? right)
    {
        if (Numbers.IsNumber(left) && Numbers.IsNumber(right))
        {
            return Numbers.Calculate(sign, left, right);
        }

        switch (sign, left, right)
        {
            case (_, Undefined undefined, _):
                throw undefined.Fault();
            case (_, _, Undefined undefined):
                throw undefined.Fault();
            case ("+", string first, string second):
                budget.Charge(first.Length + (long)second.Length);
                return first + second;
            case ("+", List<object?> first, List<object?> second):
                return budget.Made(first.Concat(second));
            case ("+", TupleValue first, TupleValue second):
                return new TupleValue(budget.Made(first.Items.Concat(second.Items)));
            case ("*", string or List<object?> or TupleValue, bool or BigInteger):
                return Repeat(budget, left, right);
            case ("*", bool or BigInteger, string or List<object?> or TupleValue):
                return Repeat(budget, right, left);
            case ("%", string format, _):
                return PercentFormat.Apply(budget, format, right);
            case ("+", string, _):
                throw new TemplateFault("TypeError", $"can only concatenate str (not \"{PythonType.Of(right)}\") to str");
            case ("+", List<object?>, _):
                throw new TemplateFault("TypeError", $"can only concatenate list (not \"{PythonType.Of(right)}\") to list");
            default:
                throw new TemplateFault("TypeError", $"unsupported operand type(s) for {sign}: '{PythonType.Of(left)}' and '{PythonType.Of(right)}'");
        }
    }

    /// <summary><c>-value</c> or <c>+value</c>.</summary>
    public static object Signed(string sign, object? value) => value switch
    {
        double number => sign == "-" ? -number : number,
        Undefined undefined => throw undefined.Fault(),
        _ when Numbers.TryInteger(value, out BigInteger number) => sign == "-" ? -number : number,
        _ => throw new TemplateFault("TypeError", $"bad operand type for unary {sign}: '{PythonType.Of(value)}'"),
    };

    private static object Repeat(Budget budget, object? value, object? times)
    {
        _ = Numbers.TryInteger(times, out BigInteger number);
        int length = value is string text ? text.Length : PythonOperators.Length(value);
        int count = (int)BigInteger.Min(BigInteger.Max(number, 0), length == 0 ? 0 : int.MaxValue);
        budget.Charge((long)count * length);
        return value switch
        {
            string one => string.Concat(Enumerable.Repeat(one, count)),
            List<object?> list => Enumerable.Repeat(list, count).SelectMany(items => items).ToList(),
            _ => new TupleValue([.. Enumerable.Repeat(((TupleValue)value!).Items, count).SelectMany(items => items)]),
        };
    }
}
