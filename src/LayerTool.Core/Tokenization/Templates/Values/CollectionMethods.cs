using System.Numerics;
using LayerTool.Tokenization.Templates.Running;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>The methods of Python's dicts, lists, tuples and numbers that change nothing.</summary>
internal static class CollectionMethods
{
    public static bool TryGet(Budget budget, DictValue dict, string name, out object? method)
    {
        Func<Arguments, object?>? found = name switch
        {
            "get" => given => dict.TryGet(given.Require(0, "key"), out object? value) ? value : given.Get(1, "default"),
            "keys" => _ => budget.Made(dict.Keys),
            "values" => _ => budget.Made(dict.Values),
            "items" => _ => Items(budget, dict),
            "copy" => _ => Copy(budget, dict),
            _ => null,
        };
        method = found is null ? null : new FunctionValue(found);
        return found is not null;
    }

    public static bool TryGet(IReadOnlyList<object?> items, string name, out object? method)
    {
        Func<Arguments, object?>? found = name switch
        {
            "index" => given => Index(items, given.Require(0, "value")),
            "count" => given => (BigInteger)items.Count(item => PythonOperators.AreEqual(item, given.Require(0, "value"))),
            "copy" => _ => new List<object?>(items),
            _ => null,
        };
        method = found is null ? null : new FunctionValue(found);
        return found is not null;
    }

    public static bool TryGetNumber(object? number, string name, out object? member)
    {
        member = (number, name) switch
        {
            (double value, "is_integer") => new FunctionValue(_ => value == Math.Floor(value)),
            (bool or BigInteger, "real" or "numerator") => number,
            (BigInteger value, "bit_length") => new FunctionValue(_ => (BigInteger)value.GetBitLength()),
            _ => null,
        };
        return member is not null;
    }

    /// <summary>The keys and values of a dict, as tuples.</summary>
    public static List<object?> Items(Budget budget, DictValue dict) => budget.Made(dict.Entries.Select(entry => (object?)new TupleValue([entry.Key, entry.Value])));

    public static DictValue Copy(Budget budget, DictValue dict)
    {
        budget.Charge(dict.Count);
        DictValue copy = new();
        foreach ((object? key, object? value) in dict.Entries)
        {
            copy[key] = value;
        }

        return copy;
    }

    private static BigInteger Index(IReadOnlyList<object?> items, object? value)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (PythonOperators.AreEqual(items[i], value))
            {
                return i;
            }
        }

        throw new TemplateFault("ValueError", $"{PythonPrinter.Repr(value)} is not in list");
    }
}
