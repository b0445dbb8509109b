using System.Numerics;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>What every template may call.</summary>
internal static class Globals
{
    private const int LongestRange = 100_000;

    /// <summary>Puts the functions into a scope.</summary>
    /// <param name="scope">Where they go.</param>
    /// <param name="budget">What may still be done.</param>
    /// <param name="now">The time that <c>strftime_now</c> tells.</param>
    public static void AddTo(Scope scope, Budget budget, DateTime now)
    {
        scope["raise_exception"] = new FunctionValue(given => throw new TemplateFault(TemplateFault.Raised, PythonPrinter.Str(given.Require(0, "message"))));
        scope["strftime_now"] = new FunctionValue(given => budget.Made(ClockFormat.Apply(given.Text(0, "format"), now)));
        scope["range"] = new FunctionValue(given => Range(budget, given));
        scope["dict"] = new FunctionValue(given => Dict(budget, given));
        scope["namespace"] = new FunctionValue(Namespace);
        scope["cycler"] = new FunctionValue(given => given.Positional.Count > 0
            ? new Cycler(given.Positional)
            : throw new TemplateFault("RuntimeError", "at least one item has to be provided"));
        scope["joiner"] = new FunctionValue(Joiner);
        scope["lipsum"] = new FunctionValue(_ => throw new TemplateFault(TemplateFault.Limit, "`lipsum` makes up text, which is not handled"));
        scope["self"] = new SelfValue();
    }

    private static List<object?> Range(Budget budget, Arguments given)
    {
        BigInteger first = Whole(given, 0);
        bool single = given.Positional.Count < 2;
        (BigInteger start, BigInteger stop) = single ? (0, first) : (first, Whole(given, 1));
        BigInteger step = given.Positional.Count < 3 ? 1 : Whole(given, 2);
        if (step.IsZero)
        {
            throw new TemplateFault("ValueError", "range() arg 3 must not be zero");
        }

        BigInteger count = BigInteger.Max((stop - start + step - step.Sign) / step, 0);
        if (count > LongestRange)
        {
            throw new TemplateFault("OverflowError", $"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({LongestRange}).");
        }

        return budget.Made(Enumerable.Range(0, (int)count).Select(i => (object?)(start + (i * step))));
    }

    private static BigInteger Whole(Arguments given, int place) => Numbers.TryInteger(given.Require(place, "stop"), out BigInteger number)
        ? number
        : throw new TemplateFault("TypeError", $"'{PythonType.Of(given.Positional[place])}' object cannot be interpreted as an integer");

    private static DictValue Dict(Budget budget, Arguments given)
    {
        DictValue dict = given.Get(0, "") switch
        {
            null => new DictValue(),
            DictValue other => CollectionMethods.Copy(budget, other),
            { } pairs => FromPairs(budget, pairs),
        };
        foreach ((string name, object? value) in given.Named)
        {
            dict[name] = value;
        }

        return dict;
    }

    private static DictValue FromPairs(Budget budget, object pairs)
    {
        DictValue dict = new();
        foreach (object? pair in budget.Made(PythonOperators.Iterate(pairs)))
        {
            List<object?> items = [.. PythonOperators.Iterate(pair).Take(3)];
            dict[items[0]] = items.Count == 2 ? items[1] : throw new TemplateFault("ValueError", "dictionary update sequence elements must have length 2");
        }

        return dict;
    }

    private static NamespaceValue Namespace(Arguments given)
    {
        NamespaceValue space = new();
        if (given.Positional.Count > 0)
        {
            DictValue attributes = given.Positional[0] as DictValue ?? throw new TemplateFault("TypeError", "namespace takes a mapping");
            foreach ((object? name, object? value) in attributes.Entries)
            {
                space[PythonPrinter.Str(name)] = value;
            }
        }

        foreach ((string name, object? value) in given.Named)
        {
            space[name] = value;
        }

        return space;
    }

    private static FunctionValue Joiner(Arguments given)
    {
        string separator = given.OptionalText(0, "sep") ?? ", ";
        bool used = false;
        return new FunctionValue(_ =>
        {
            string text = used ? separator : "";
            used = true;
            return text;
        });
    }

    private sealed class SelfValue : IAttributes
    {
        public string TypeName => "TemplateReference None";

        public bool TryGet(string name, out object? value)
        {
            value = null;
            return false;
        }
    }
}
