using System.Globalization;
using System.Numerics;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>Filters that go through a list item by item: <c>map</c>, <c>select</c> and its like.</summary>
internal static class SelectFilters
{
    public static IEnumerable<KeyValuePair<string, Func<Evaluator, object?, Arguments, object?>>> All =>
    [
        new("map", Map),
        new("select", (evaluator, value, given) => Select(evaluator, value, given, byAttribute: false, wanted: true)),
        new("reject", (evaluator, value, given) => Select(evaluator, value, given, byAttribute: false, wanted: false)),
        new("selectattr", (evaluator, value, given) => Select(evaluator, value, given, byAttribute: true, wanted: true)),
        new("rejectattr", (evaluator, value, given) => Select(evaluator, value, given, byAttribute: true, wanted: false)),
    ];

    /// <summary>Takes an attribute of an item, dots going deeper; the item itself where there is none named.</summary>
    public static Func<object?, object?> Attribute(Evaluator evaluator, object? attribute, object? absent = null)
    {
        if (attribute is null)
        {
            return item => item;
        }

        string[] names = PythonPrinter.Str(attribute).Split('.');
        return item =>
        {
            foreach (string name in names)
            {
                object? key = BigInteger.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger place) ? place : name;
                item = evaluator.Members.Item(item, key);
                if (item is Undefined && absent is not null)
                {
                    return absent;
                }
            }

            return item;
        };
    }

    // These filters take none and everything else that is false for an empty list.
    private static IEnumerable<object?> Items(object? value) => PythonOperators.IsTrue(value) ? PythonOperators.Iterate(value) : [];

    private static List<object?> Map(Evaluator evaluator, object? value, Arguments given)
    {
        if (given.Positional.Count == 0 && given.TryGet(0, "attribute", out object? attribute))
        {
            Func<object?, object?> get = Attribute(evaluator, attribute, given.Get(1, "default"));
            return evaluator.Budget.Made(Items(value).Select(get));
        }

        string filter = given.Positional.Count > 0 ? given.Text(0, "filter") : throw new TemplateFault("FilterArgumentError", "map requires a filter argument");
        return evaluator.Budget.Made(Items(value).Select(item => Filters.Apply(evaluator, filter, item, given.Skip(1))));
    }

    private static List<object?> Select(Evaluator evaluator, object? value, Arguments given, bool byAttribute, bool wanted)
    {
        Func<object?, object?> get = byAttribute ? Attribute(evaluator, given.Require(0, "attribute")) : item => item;
        Arguments rest = byAttribute ? given.Skip(1) : given;
        Func<object?, bool> test = rest.Positional.Count == 0
            ? PythonOperators.IsTrue
            : item => Tests.Apply(rest.Text(0, "test"), item, rest.Skip(1));
        return evaluator.Budget.Made(Items(value).Where(item => test(get(item)) == wanted));
    }
}
