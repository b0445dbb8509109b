using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Faults;

namespace LayerTool.Plans;

/// <summary>
/// Layers as the command line names them: <c>3,7,10-14</c>, both ends included; <c>-1</c> is the last layer, <c>-4--1</c> the last
/// four; <c>all</c>, <c>even</c>, <c>odd</c>. Syntax alone: which layers these are is known once the checkpoint is open.
/// </summary>
public sealed class LayerList
{
    private readonly string _text;
    private readonly ImmutableArray<Item> _items;

    private LayerList(string text, ImmutableArray<Item> items)
    {
        _text = text;
        _items = items;
    }

    /// <summary>Reads a list.</summary>
    /// <param name="text">The list as the user wrote it.</param>
    /// <exception cref="LayerToolException">The text is no list of layers; the position counts from 1.</exception>
    public static LayerList Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ImmutableArray<Item>.Builder items = ImmutableArray.CreateBuilder<Item>();
        int start = 0;
        foreach (string part in text.Split(','))
        {
            items.Add(ParseItem(text, start, start + part.Length));
            start += part.Length + 1;
        }

        return new LayerList(text.Trim(), items.DrainToImmutable());
    }

    /// <summary>The layers, in rising order.</summary>
    /// <param name="layerCount">How many layers the checkpoint has.</param>
    /// <param name="source">Its name, for messages.</param>
    /// <exception cref="LayerToolException">A layer is out of range, or named twice.</exception>
    public ImmutableArray<int> Resolve(int layerCount, string source = LayerPlan.Main)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layerCount);
        SortedSet<int> layers = [];
        foreach (Item item in _items)
        {
            int first = item.Last is null ? item.First : FromStart(item.First, layerCount, source);
            int last = item.Last is null ? layerCount - 1 : FromStart(item.Last.Value, layerCount, source);
            if (item.Last is not null && last < first)
            {
                throw new LayerToolException(
                    string.Create(CultureInfo.InvariantCulture, $"layers `{_text}`: `{item.First}-{item.Last}` is {first}-{last} here, a range that ends before it begins"),
                    Allowed(layerCount, source));
            }

            for (int layer = first; layer <= last; layer += item.Step)
            {
                if (!layers.Add(layer))
                {
                    throw new LayerToolException(
                        string.Create(CultureInfo.InvariantCulture, $"layers `{_text}`: layer {layer} is named twice"),
                        "name each layer once");
                }
            }
        }

        return [.. layers];
    }

    /// <summary>Layers as a person writes them: <c>3, 7, 10-14</c>; <c>none</c> where there are none.</summary>
    /// <param name="layers">Indices in rising order.</param>
    public static string Print(IEnumerable<int> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        List<(int First, int Last)> runs = [];
        foreach (int layer in layers)
        {
            if (runs.Count > 0 && runs[^1].Last == layer - 1)
            {
                runs[^1] = (runs[^1].First, layer);
            }
            else
            {
                runs.Add((layer, layer));
            }
        }

        return runs.Count == 0
            ? "none"
            : string.Join(", ", runs.Select(run => run.First == run.Last
                ? run.First.ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"{run.First}-{run.Last}")));
    }

    /// <summary>The list as it was written.</summary>
    public override string ToString() => _text;

    // item := "all" | "even" | "odd" | N | N "-" N, where N is a number or, from the end, "-" and a number
    private static Item ParseItem(string text, int start, int end)
    {
        switch (text.AsSpan(start, end - start).Trim())
        {
            case "all":
                return new Item(0, null, 1);
            case "even":
                return new Item(0, null, 2);
            case "odd":
                return new Item(1, null, 2);
        }

        int position = start;
        int first = ParseIndex(text, ref position, end);
        int last = first;
        if (position < end && text[position] == '-')
        {
            position++;
            last = ParseIndex(text, ref position, end);
        }

        if (position < end)
        {
            throw Fault(text, position, $"expected `-`, `,` or the end, found `{text[position]}`");
        }

        return int.IsNegative(first) != int.IsNegative(last) || first <= last
            ? new Item(first, last, 1)
            : throw Fault(
                text,
                start,
                $"the range `{text[start..end].Trim()}` ends before it begins",
                string.Create(CultureInfo.InvariantCulture, $"write `{last}-{first}`; another order is a plan: `edit --plan`"));
    }

    private static int ParseIndex(string text, ref int position, int end)
    {
        SkipSpace(text, ref position, end);
        int start = position;
        bool fromEnd = position < end && text[position] == '-';
        position += fromEnd ? 1 : 0;
        int digits = position;
        while (position < end && char.IsAsciiDigit(text[position]))
        {
            position++;
        }

        if (position == digits)
        {
            string found = position < end ? $"`{text[position]}`" : position < text.Length ? "`,`" : "the end";
            throw Fault(text, position, $"expected a layer number, `all`, `even` or `odd`, found {found}");
        }

        if (!int.TryParse(text.AsSpan(start, position - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index))
        {
            throw Fault(text, start, $"the number is larger than {int.MaxValue}");
        }

        SkipSpace(text, ref position, end);
        return fromEnd && index == 0
            ? throw Fault(text, start, "there is no layer `-0`", "`-1` is the last layer, `0` the first")
            : index;
    }

    private static void SkipSpace(string text, ref int position, int end)
    {
        while (position < end && char.IsWhiteSpace(text[position]))
        {
            position++;
        }
    }

    private int FromStart(int index, int layerCount, string source)
    {
        int layer = index < 0 ? layerCount + index : index;
        return layer >= 0 && layer < layerCount
            ? layer
            : throw new LayerToolException(
                string.Create(CultureInfo.InvariantCulture, $"layers `{_text}`: layer {index} is out of range"),
                Allowed(layerCount, source));
    }

    private static string Allowed(int layerCount, string source) => layerCount == 0
        ? $"`{source}` has no layers"
        : string.Create(CultureInfo.InvariantCulture, $"`{source}` has {layerCount} layers: 0 to {layerCount - 1}, or -{layerCount} to -1 from the end");

    private static LayerToolException Fault(string text, int position, string message, string? hint = null) => new(
        $"layers `{text.Trim()}`, position {position + 1}: {message}",
        hint ?? "layers are named like `3,7,10-14`, from the end like `-4--1`, or `all`, `even`, `odd`");

    /// <summary>Layers from First to Last, negative from the end; where Last is null every Step-th from First on.</summary>
    private readonly record struct Item(int First, int? Last, int Step);
}
