using System.Globalization;
using System.Numerics;
using System.Text;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>Values as Python's <c>str</c> and <c>repr</c> write them.</summary>
internal sealed class PythonPrinter
{
    private const int Deepest = 100;

    private readonly StringBuilder _text = new();

    /// <summary>What printing a value gives.</summary>
    public static string Str(object? value)
    {
        switch (value)
        {
            case string text:
                return text;
            case Undefined:
                return "";
            default:
                PythonPrinter printer = new();
                printer.AddRepr(value, 0);
                return printer._text.ToString();
        }
    }

    /// <summary>The value as it is written inside a list.</summary>
    public static string Repr(object? value) => value switch
    {
        string text => TextLiteral.Of(text),
        Undefined => "Undefined",
        _ => Str(value),
    };

    private void AddRepr(object? value, int depth)
    {
        if (depth > Deepest)
        {
            throw new TemplateFault(TemplateFault.Limit, $"values nested more than {Deepest} deep");
        }

        switch (value)
        {
            case null:
                _text.Append("None");
                break;
            case bool flag:
                _text.Append(flag ? "True" : "False");
                break;
            case BigInteger number:
                _text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                _text.Append(Numbers.Print(number));
                break;
            case string text:
                _text.Append(TextLiteral.Of(text));
                break;
            case Undefined:
                _text.Append("Undefined");
                break;
            case BytesValue bytes:
                AddBytes(bytes);
                break;
            case List<object?> list:
                AddItems('[', list, ']', depth);
                break;
            case TupleValue tuple:
                AddItems('(', tuple.Items, ')', depth);
                break;
            case DictValue dict:
                AddDict(dict, depth);
                break;
            default:
                _text.Append(CultureInfo.InvariantCulture, $"<{PythonType.Of(value)}>");
                break;
        }
    }

    private void AddItems(char open, IReadOnlyList<object?> items, char close, int depth)
    {
        _text.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            _text.Append(i == 0 ? "" : ", ");
            AddRepr(items[i], depth + 1);
        }

        _text.Append(open == '(' && items.Count == 1 ? "," : "").Append(close);
    }

    private void AddDict(DictValue dict, int depth)
    {
        _text.Append('{');
        bool first = true;
        foreach ((object? key, object? value) in dict.Entries)
        {
            _text.Append(first ? "" : ", ");
            first = false;
            AddRepr(key, depth + 1);
            _text.Append(": ");
            AddRepr(value, depth + 1);
        }

        _text.Append('}');
    }

    private void AddBytes(BytesValue bytes)
    {
        _text.Append("b'");
        foreach (byte value in bytes.Bytes)
        {
            _ = value switch
            {
                (byte)'\'' or (byte)'\\' => _text.Append('\\').Append((char)value),
                (byte)'\n' => _text.Append(@"\n"),
                (byte)'\r' => _text.Append(@"\r"),
                (byte)'\t' => _text.Append(@"\t"),
                >= 0x20 and < 0x7F => _text.Append((char)value),
                _ => _text.Append(CultureInfo.InvariantCulture, $@"\x{value:x2}"),
            };
        }

        _text.Append('\'');
    }
}
