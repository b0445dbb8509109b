using System.Numerics;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>Truth, equality, order and iteration as Python has them.</summary>
internal static class PythonOperators
{
    private const int Deepest = 100;

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        BigInteger number => !number.IsZero,
        double number => number != 0,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        TupleValue tuple => tuple.Items.Count > 0,
        DictValue dict => dict.Count > 0,
        BytesValue bytes => bytes.Bytes.Length > 0,
        _ => true,
    };

    public static bool AreEqual(object? left, object? right) => AreEqual(left, right, 0);

    /// <summary>Which of two values comes first: negative, zero or positive.</summary>
    public static int Order(object? left, object? right, string sign)
    {
        if (Numbers.TryInteger(left, out BigInteger a) && Numbers.TryInteger(right, out BigInteger b))
        {
            return a.CompareTo(b);
        }

        if (Numbers.TryDouble(left, out double x) && Numbers.TryDouble(right, out double y))
        {
            return x.CompareTo(y);
        }

        switch (left, right)
        {
            case (string first, string second):
                return OrderTexts(first, second);
            case (List<object?> first, List<object?> second):
                return OrderItems(first, second, sign);
            case (TupleValue first, TupleValue second):
                return OrderItems(first.Items, second.Items, sign);
            case (Undefined undefined, _):
                throw undefined.Fault();
            case (_, Undefined undefined):
                throw undefined.Fault();
            default:
                throw new TemplateFault("TypeError", $"'{sign}' not supported between instances of '{PythonType.Of(left)}' and '{PythonType.Of(right)}'");
        }
    }

    /// <summary>Whether a value is in another one.</summary>
    public static bool Contains(object? container, object? value) => container switch
    {
        string text => value is string part
            ? text.Contains(part, StringComparison.Ordinal)
            : throw new TemplateFault("TypeError", $"'in <string>' requires string as left operand, not {PythonType.Of(value)}"),
        DictValue dict => dict.Contains(value),
        List<object?> or TupleValue or Undefined => Iterate(container).Any(item => ReferenceEquals(item, value) || AreEqual(item, value)),
        _ => throw new TemplateFault("TypeError", $"argument of type '{PythonType.Of(container)}' is not iterable"),
    };

    /// <summary>The items of a value.</summary>
    public static IEnumerable<object?> Iterate(object? value) => value switch
    {
        List<object?> list => list,
        TupleValue tuple => tuple.Items,
        DictValue dict => dict.Keys,
        string text => text.EnumerateRunes().Select(rune => (object?)rune.ToString()),
        Undefined => [],
        _ => throw new TemplateFault("TypeError", $"'{PythonType.Of(value)}' object is not iterable"),
    };

    public static bool IsIterable(object? value) => value is List<object?> or TupleValue or DictValue or string or Undefined or BytesValue;

    /// <summary>How many items or code points a value has.</summary>
    public static int Length(object? value) => value switch
    {
        string text => TextIndex.Length(text),
        List<object?> list => list.Count,
        TupleValue tuple => tuple.Items.Count,
        DictValue dict => dict.Count,
        Undefined => 0,
        BytesValue bytes => bytes.Bytes.Length,
        _ => throw new TemplateFault("TypeError", $"object of type '{PythonType.Of(value)}' has no len()"),
    };

    private static bool AreEqual(object? left, object? right, int depth)
    {
        if (depth > Deepest)
        {
            throw new TemplateFault(TemplateFault.Limit, $"values nested more than {Deepest} deep");
        }

        if (Numbers.TryInteger(left, out BigInteger a) && Numbers.TryInteger(right, out BigInteger b))
        {
            return a == b;
        }

        if (Numbers.TryDouble(left, out double x) && Numbers.TryDouble(right, out double y))
        {
            return x == y;
        }

        return (left, right) switch
        {
            (null, null) or (Undefined, Undefined) => true,
            (string first, string second) => string.Equals(first, second, StringComparison.Ordinal),
            (List<object?> first, List<object?> second) => AreEqual(first, second, depth),
            (TupleValue first, TupleValue second) => AreEqual(first.Items, second.Items, depth),
            (DictValue first, DictValue second) => first.Count == second.Count
                && first.Entries.All(entry => second.TryGet(entry.Key, out object? other) && AreEqual(entry.Value, other, depth + 1)),
            (BytesValue first, BytesValue second) => first.Bytes.AsSpan().SequenceEqual(second.Bytes),
            _ => ReferenceEquals(left, right),
        };
    }

    private static bool AreEqual(IReadOnlyList<object?> left, IReadOnlyList<object?> right, int depth)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (int i = 0; i < left.Count; i++)
        {
            if (!AreEqual(left[i], right[i], depth + 1))
            {
                return false;
            }
        }

        return true;
    }

    private static int OrderItems(IReadOnlyList<object?> left, IReadOnlyList<object?> right, string sign)
    {
        for (int i = 0; i < left.Count && i < right.Count; i++)
        {
            if (!AreEqual(left[i], right[i]))
            {
                return Order(left[i], right[i], sign);
            }
        }

        return left.Count.CompareTo(right.Count);
    }

    // By code points: surrogates stand for points above all others.
    private static int OrderTexts(string left, string right)
    {
        int same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        (char a, char b) = (left[same], right[same]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
    }
}
