using System.Globalization;
using System.Numerics;
using System.Text;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>Values as Python's <c>json.dumps</c> writes them: the <c>tojson</c> filter of transformers.</summary>
/// <param name="indent">What a level is indented by; null for one line.</param>
/// <param name="itemSeparator">What stands between items.</param>
/// <param name="keySeparator">What stands behind keys.</param>
/// <param name="ascii">Whether everything beyond ASCII is escaped.</param>
/// <param name="sortKeys">Whether keys are put in order.</param>
internal sealed class JsonPrinter(string? indent, string itemSeparator, string keySeparator, bool ascii, bool sortKeys)
{
    private const int Deepest = 100;

    private readonly StringBuilder _text = new();

    public string Print(object? value)
    {
        Add(value, 0);
        return _text.ToString();
    }

    private void Add(object? value, int depth)
    {
        if (depth > Deepest)
        {
            throw new TemplateFault(TemplateFault.Limit, $"values nested more than {Deepest} deep");
        }

        switch (value)
        {
            case null:
                _text.Append("null");
                break;
            case bool flag:
                _text.Append(flag ? "true" : "false");
                break;
            case BigInteger number:
                _text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                _text.Append(Print(number));
                break;
            case string text:
                AddText(text);
                break;
            case List<object?> list:
                AddAll('[', list, ']', depth, item => Add(item, depth + 1));
                break;
            case TupleValue tuple:
                AddAll('[', tuple.Items, ']', depth, item => Add(item, depth + 1));
                break;
            case DictValue dict:
                IEnumerable<KeyValuePair<object?, object?>> entries = dict.Entries;
                KeyValuePair<object?, object?>[] ordered = sortKeys ? [.. entries.OrderBy(entry => Key(entry.Key), StringComparer.Ordinal)] : [.. entries];
                AddAll('{', ordered, '}', depth, entry =>
                {
                    AddText(Key(entry.Key));
                    _text.Append(keySeparator);
                    Add(entry.Value, depth + 1);
                });
                break;
            default:
                throw new TemplateFault("TypeError", $"Object of type {PythonType.Of(value)} is not JSON serializable");
        }
    }

    private void AddAll<T>(char open, IReadOnlyList<T> items, char close, int depth, Action<T> add)
    {
        _text.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            _text.Append(i == 0 ? "" : itemSeparator);
            AddLine(depth + 1);
            add(items[i]);
        }

        if (items.Count > 0)
        {
            AddLine(depth);
        }

        _text.Append(close);
    }

    private void AddLine(int depth)
    {
        if (indent is null)
        {
            return;
        }

        _text.Append('\n');
        for (int i = 0; i < depth; i++)
        {
            _text.Append(indent);
        }
    }

    private static string Key(object? key) => key switch
    {
        string text => text,
        null => "null",
        bool flag => flag ? "true" : "false",
        BigInteger number => number.ToString(CultureInfo.InvariantCulture),
        double number => Print(number),
        _ => throw new TemplateFault("TypeError", $"keys must be str, int, float, bool or None, not {PythonType.Of(key)}"),
    };

    private static string Print(double number) =>
        double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity" : Numbers.Print(number);

    private void AddText(string text)
    {
        _text.Append('"');
        foreach (char unit in text)
        {
            _ = unit switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append(@"\\"),
                '\n' => _text.Append(@"\n"),
                '\r' => _text.Append(@"\r"),
                '\t' => _text.Append(@"\t"),
                '\b' => _text.Append(@"\b"),
                '\f' => _text.Append(@"\f"),
                < ' ' => _text.Append(CultureInfo.InvariantCulture, $@"\u{(int)unit:x4}"),
                > '~' when ascii => _text.Append(CultureInfo.InvariantCulture, $@"\u{(int)unit:x4}"),
                _ => _text.Append(unit),
            };
        }

        _text.Append('"');
    }
}
