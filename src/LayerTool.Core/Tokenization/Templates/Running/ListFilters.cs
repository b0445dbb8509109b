using System.Numerics;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>Filters on lists as a whole.</summary>
internal static class ListFilters
{
    public static IEnumerable<KeyValuePair<string, Func<Evaluator, object?, Arguments, object?>>> All =>
    [
        new("length", (_, value, _) => (BigInteger)PythonOperators.Length(value)),
        new("count", (_, value, _) => (BigInteger)PythonOperators.Length(value)),
        new("list", (evaluator, value, _) => evaluator.Budget.Made(PythonOperators.Iterate(value))),
        new("first", (_, value, _) => PythonOperators.Iterate(value).FirstOrDefault(new Undefined("UndefinedError", "No first item, sequence was empty."))),
        new("last", (_, value, _) => PythonOperators.Iterate(value).LastOrDefault(new Undefined("UndefinedError", "No last item, sequence was empty."))),
        new("random", (_, value, _) => PythonOperators.Iterate(value).FirstOrDefault(new Undefined("UndefinedError", "No random item, sequence was empty."))),
        new("join", Join),
        new("sum", Sum),
        new("min", (evaluator, value, given) => Extreme(evaluator, value, given, largest: false)),
        new("max", (evaluator, value, given) => Extreme(evaluator, value, given, largest: true)),
        new("reverse", (evaluator, value, _) => value is string text ? string.Concat(TextIndex.Points(text).AsEnumerable().Reverse()) : evaluator.Budget.Made(PythonOperators.Iterate(value).Reverse())),
        new("sort", (evaluator, value, given) => Sort(
            evaluator, PythonOperators.Iterate(value), given.Flag(0, "reverse"), Key(evaluator, given.Get(2, "attribute"), given.Flag(1, "case_sensitive")))),
        new("dictsort", DictSort),
        new("unique", Unique),
        new("batch", Batch),
        new("slice", Slice),
        new("items", (evaluator, value, _) => value switch
        {
            Undefined => new List<object?>(),
            DictValue dict => CollectionMethods.Items(evaluator.Budget, dict),
            _ => throw new TemplateFault("TypeError", "Can only get item pairs from a mapping."),
        }),
        new("groupby", GroupBy),
    ];

    private static string Join(Evaluator evaluator, object? value, Arguments given)
    {
        string separator = PythonPrinter.Str(given.Get(0, "d", ""));
        Func<object?, object?> attribute = SelectFilters.Attribute(evaluator, given.Get(1, "attribute"));
        List<string> parts = [];
        foreach (object? item in PythonOperators.Iterate(value))
        {
            string part = PythonPrinter.Str(attribute(item));
            evaluator.Budget.Charge(part.Length + separator.Length);
            parts.Add(part);
        }

        return string.Join(separator, parts);
    }

    private static object? Sum(Evaluator evaluator, object? value, Arguments given)
    {
        Func<object?, object?> attribute = SelectFilters.Attribute(evaluator, given.Get(0, "attribute"));
        return PythonOperators.Iterate(value).Aggregate(
            given.Get(1, "start", BigInteger.Zero), (sum, item) => Arithmetic.Apply(evaluator.Budget, "+", sum, attribute(item)));
    }

    private static object? Extreme(Evaluator evaluator, object? value, Arguments given, bool largest)
    {
        Func<object?, object?> key = Key(evaluator, given.Get(1, "attribute"), given.Flag(0, "case_sensitive"));
        List<object?> sorted = Sort(evaluator, PythonOperators.Iterate(value), largest, key);
        return sorted.Count > 0 ? sorted[0] : new Undefined("UndefinedError", "No aggregated item, sequence was empty.");
    }

    private static List<object?> Sort(Evaluator evaluator, IEnumerable<object?> items, bool reverse, Func<object?, object?> key)
    {
        Comparer<object?> order = Comparer<object?>.Create((left, right) =>
        {
            evaluator.Budget.Step();
            return PythonOperators.Order(left, right, "<");
        });
        List<object?> list = evaluator.Budget.Made(items);
        return [.. reverse ? list.OrderByDescending(key, order) : list.OrderBy(key, order)];
    }

    private static Func<object?, object?> Key(Evaluator evaluator, object? attribute, bool caseSensitive)
    {
        Func<object?, object?> get = SelectFilters.Attribute(evaluator, attribute);
        return item => get(item) is string text && !caseSensitive ? text.ToLowerInvariant() : get(item);
    }

    private static List<object?> DictSort(Evaluator evaluator, object? value, Arguments given)
    {
        DictValue dict = value as DictValue ?? throw new TemplateFault("TypeError", $"dictsort takes a mapping, not {PythonType.Of(value)}");
        BigInteger place = given.OptionalText(1, "by") == "value" ? 1 : 0;
        return Sort(
            evaluator, CollectionMethods.Items(evaluator.Budget, dict), given.Flag(2, "reverse"), Key(evaluator, place, given.Flag(0, "case_sensitive")));
    }

    private static List<object?> Unique(Evaluator evaluator, object? value, Arguments given)
    {
        Func<object?, object?> key = Key(evaluator, given.Get(1, "attribute"), given.Flag(0, "case_sensitive"));
        DictValue seen = new();
        List<object?> unique = [];
        foreach (object? item in evaluator.Budget.Made(PythonOperators.Iterate(value)))
        {
            if (!seen.Contains(key(item)))
            {
                seen[key(item)] = true;
                unique.Add(item);
            }
        }

        return unique;
    }

    private static List<object?> Batch(Evaluator evaluator, object? value, Arguments given)
    {
        int size = Math.Max(given.Int(0, "linecount", 1), 1);
        List<object?> batches = [.. evaluator.Budget.Made(PythonOperators.Iterate(value)).Chunk(size).Select(batch => (object?)batch.ToList())];
        if (given.Get(1, "fill_with") is { } fill && batches is [.., List<object?> last])
        {
            evaluator.Budget.Charge(size);
            last.AddRange(Enumerable.Repeat((object?)fill, size - last.Count));
        }

        return batches;
    }

    private static List<object?> Slice(Evaluator evaluator, object? value, Arguments given)
    {
        List<object?> items = evaluator.Budget.Made(PythonOperators.Iterate(value));
        int slices = Math.Max(given.Int(0, "slices", 1), 1);
        evaluator.Budget.Charge(slices);
        (int each, int longer) = Math.DivRem(items.Count, slices);
        List<object?> result = [];
        int start = 0;
        for (int i = 0; i < slices; i++)
        {
            int count = each + (i < longer ? 1 : 0);
            List<object?> part = items.GetRange(start, count);
            if (given.Get(1, "fill_with") is { } fill && i >= longer)
            {
                part.Add(fill);
            }

            result.Add(part);
            start += count;
        }

        return result;
    }

    private static List<object?> GroupBy(Evaluator evaluator, object? value, Arguments given)
    {
        object? name = given.Require(0, "attribute");
        Func<object?, object?> get = SelectFilters.Attribute(evaluator, name, given.Get(1, "default"));
        Func<object?, object?> key = item => get(item) is string text && !given.Flag(2, "case_sensitive") ? text.ToLowerInvariant() : get(item);
        List<object?> groups = [];
        object? last = null;
        foreach (object? item in Sort(evaluator, PythonOperators.Iterate(value), reverse: false, key))
        {
            if (groups is [.., Group group] && PythonOperators.AreEqual(key(item), last))
            {
                group.Items.Add(item);
            }
            else
            {
                groups.Add(new Group(get(item), [item]));
            }

            last = key(item);
        }

        return [.. groups.Cast<Group>().Select(group => (object?)new TupleValue([group.Key, group.Items]))];
    }

    private sealed record Group(object? Key, List<object?> Items);
}
