using System.Numerics;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>The <c>loop</c> of a for.</summary>
/// <param name="items">What it goes through.</param>
/// <param name="depth">How many recursive loops it is inside of.</param>
/// <param name="recurse">Renders the loop again over other items; null where it is not recursive.</param>
internal sealed class LoopValue(IReadOnlyList<object?> items, int depth, Func<object?, int, string>? recurse) : IAttributes
{
    private Arguments? _lastChanged;

    public string TypeName => "LoopContext";

    /// <summary>The place of the current item, from 0.</summary>
    public int Place { get; set; }

    /// <summary>What calling <c>loop(items)</c> gives.</summary>
    public string Call(Arguments given) => recurse is null
        ? throw new TemplateFault("TypeError", "The loop must have the 'recursive' marker to be called recursively.")
        : recurse(given.Require(0, "iterable"), depth + 1);

    public bool TryGet(string name, out object? value)
    {
        int count = items.Count;
        switch (name)
        {
            case "index":
                value = (BigInteger)(Place + 1);
                return true;
            case "index0":
                value = (BigInteger)Place;
                return true;
            case "revindex":
                value = (BigInteger)(count - Place);
                return true;
            case "revindex0":
                value = (BigInteger)(count - Place - 1);
                return true;
            case "first":
                value = Place == 0;
                return true;
            case "last":
                value = Place == count - 1;
                return true;
            case "length":
                value = (BigInteger)count;
                return true;
            case "depth":
                value = (BigInteger)(depth + 1);
                return true;
            case "depth0":
                value = (BigInteger)depth;
                return true;
            case "previtem":
                value = Place > 0 ? items[Place - 1] : new Undefined("UndefinedError", "there is no previous item");
                return true;
            case "nextitem":
                value = Place + 1 < count ? items[Place + 1] : new Undefined("UndefinedError", "there is no next item");
                return true;
            case "cycle":
                value = new FunctionValue(Cycle);
                return true;
            case "changed":
                value = new FunctionValue(Changed);
                return true;
            default:
                value = null;
                return false;
        }
    }

    private object? Cycle(Arguments given) => given.Positional.Count == 0
        ? throw new TemplateFault("TypeError", "no items for cycling given")
        : given.Positional[Place % given.Positional.Count];

    private object? Changed(Arguments given)
    {
        bool same = _lastChanged is not null && PythonOperators.AreEqual(new TupleValue(_lastChanged.Positional), new TupleValue(given.Positional));
        _lastChanged = given;
        return !same;
    }
}
