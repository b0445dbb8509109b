using System.Numerics;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>Attributes and items of values. Names that begin with <c>_</c> and methods that change something are refused, as in Jinja's sandbox.</summary>
internal sealed class Members(Budget budget)
{
    private static readonly HashSet<string> Changing = new(StringComparer.Ordinal)
    {
        "append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update",
    };

    /// <summary><c>value.name</c>: a method or attribute, else an item of that key.</summary>
    public object? Attribute(object? owner, string name)
    {
        if (owner is Undefined undefined)
        {
            throw undefined.Fault();
        }

        return TryMember(owner, name, out object? member) ? member : owner is DictValue dict && dict.TryGet(name, out object? item) ? item : Missing(owner, name);
    }

    /// <summary><c>value[key]</c>: an item, else for a text the attribute of that name.</summary>
    public object? Item(object? owner, object? key)
    {
        if (owner is Undefined undefined)
        {
            throw undefined.Fault();
        }

        if (owner is DictValue dict && key is not (List<object?> or DictValue) && dict.TryGet(key, out object? value))
        {
            return value;
        }

        if (Numbers.TryInteger(key, out BigInteger place) && owner is string or List<object?> or TupleValue)
        {
            return TryPlace(owner, place, out object? item) ? item : new Undefined("UndefinedError", $"{PythonType.Of(owner)} object has no element {PythonPrinter.Str(key)}");
        }

        return key is string name ? TryMember(owner, name, out object? member) ? member : Missing(owner, name) : Missing(owner, PythonPrinter.Str(key));
    }

    /// <summary>A part of a text, list or tuple.</summary>
    public object? Slice(object? owner, object? start, object? stop, object? step)
    {
        (int? from, int? to, int by) = (Bound(start), Bound(stop), Bound(step) ?? 1);
        switch (owner)
        {
            case string text:
                List<string> points = TextIndex.Points(text);
                budget.Charge(points.Count);
                return string.Concat(TextIndex.Slice(points.Count, from, to, by).Select(i => points[i]));
            case List<object?> list:
                return budget.Made(TextIndex.Slice(list.Count, from, to, by).Select(i => list[i]));
            case TupleValue tuple:
                return new TupleValue(budget.Made(TextIndex.Slice(tuple.Items.Count, from, to, by).Select(i => tuple.Items[i])));
            case Undefined undefined:
                throw undefined.Fault();
            default:
                return new Undefined("UndefinedError", $"'{Shown(owner)}' has no attribute that a slice names");
        }
    }

    /// <summary>The <c>attr</c> filter: a method or attribute, never an item.</summary>
    public object? OwnAttribute(object? owner, string name) => TryMember(owner, name, out object? member) ? member : Missing(owner, name);

    private bool TryMember(object? owner, string name, out object? member)
    {
        if (name.StartsWith('_') || (owner is List<object?> or DictValue && Changing.Contains(name)))
        {
            bool shadowed = owner is DictValue dict && dict.Contains(name);
            member = shadowed ? null : new Undefined("SecurityError", $"access to attribute '{name}' of '{PythonType.Of(owner)}' object is unsafe.");
            return !shadowed;
        }

        member = null;
        return owner switch
        {
            string text => TextMethods.TryGet(budget, text, name, out member),
            DictValue dict => CollectionMethods.TryGet(budget, dict, name, out member),
            List<object?> list => CollectionMethods.TryGet(list, name, out member),
            TupleValue tuple => CollectionMethods.TryGet(tuple.Items, name, out member),
            NamespaceValue space => space.TryGet(name, out member),
            IAttributes other => other.TryGet(name, out member),
            _ => CollectionMethods.TryGetNumber(owner, name, out member),
        };
    }

    private static bool TryPlace(object? owner, BigInteger place, out object? item)
    {
        IReadOnlyList<object?> items = owner switch
        {
            string text => TextIndex.Points(text),
            List<object?> list => list,
            _ => ((TupleValue)owner!).Items,
        };
        BigInteger index = place < 0 ? place + items.Count : place;
        bool inside = index >= 0 && index < items.Count;
        item = inside ? items[(int)index] : null;
        return inside;
    }

    private static int? Bound(object? value) => value switch
    {
        null => null,
        _ when Numbers.TryInteger(value, out BigInteger number) => (int)BigInteger.Min(BigInteger.Max(number, int.MinValue), int.MaxValue),
        Undefined undefined => throw undefined.Fault(),
        _ => throw new TemplateFault("TypeError", "slice indices must be integers or None or have an __index__ method"),
    };

    private static Undefined Missing(object? owner, string name) => new("UndefinedError", $"'{Shown(owner)}' has no attribute '{name}'");

    private static string Shown(object? owner) => owner is null ? "None" : $"{PythonType.Of(owner)} object";
}
