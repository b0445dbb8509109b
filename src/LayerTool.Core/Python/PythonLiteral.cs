using System.Globalization;
using System.Text;

namespace LayerTool.Python;

/// <summary>
/// Values written as Python writes them: texts in quotes, numbers, <c>True</c>, <c>False</c>, <c>None</c>, lists and tuples. Templates of
/// tasks print lists of choices so.
/// </summary>
public static class PythonLiteral
{
    private const int Deepest = 64;

    /// <summary>The value of a text, or false where it is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">A string, a long, a double, a bool, null, or a list of those.</param>
    public static bool TryParse(string text, out object? value)
    {
        Reader reader = new(text);
        return reader.TryValue(0, out value) && reader.IsAtEnd;
    }

    /// <summary>A value as <c>str()</c> prints it.</summary>
    public static string Text(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        string text => text,
        IEnumerable<object?> items => $"[{string.Join(", ", items.Select(Text))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private sealed class Reader(string text)
    {
        private int _place;

        public bool IsAtEnd
        {
            get
            {
                SkipSpace();
                return _place == text.Length;
            }
        }

        private char Here => _place < text.Length ? text[_place] : '\0';

        public bool TryValue(int depth, out object? value)
        {
            SkipSpace();
            value = null;
            return depth <= Deepest && Here switch
            {
                '[' => TryList(']', depth, out value),
                '(' => TryList(')', depth, out value),
                '\'' or '"' => TryText(out value),
                _ => TryWord(out value),
            };
        }

        private bool TryList(char end, int depth, out object? value)
        {
            List<object?> items = [];
            value = items;
            _place++;
            while (true)
            {
                SkipSpace();
                if (Here == end)
                {
                    _place++;
                    return true;
                }

                if (!TryValue(depth + 1, out object? item))
                {
                    return false;
                }

                items.Add(item);
                SkipSpace();
                if (Here == ',')
                {
                    _place++;
                }
                else if (Here != end)
                {
                    return false;
                }
            }
        }

        private bool TryText(out object? value)
        {
            char quote = text[_place++];
            StringBuilder read = new();
            value = null;
            while (_place < text.Length && text[_place] != quote)
            {
                if (text[_place] != '\\')
                {
                    read.Append(text[_place++]);
                }
                else if (!TryEscape(read))
                {
                    return false;
                }
            }

            value = read.ToString();
            return _place++ < text.Length;
        }

        private bool TryEscape(StringBuilder read)
        {
            _place++;
            char letter = Here;
            _place++;
            int digits = letter switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits > 0)
            {
                bool valid = _place + digits <= text.Length
                    & int.TryParse(text.AsSpan(_place, Math.Min(digits, text.Length - _place)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code);
                if (!valid || code is > 0x10FFFF or < 0)
                {
                    return false;
                }

                read.Append(Rune.IsValid(code) ? new Rune(code).ToString() : ((char)code).ToString());
                _place += digits;
                return true;
            }

            read.Append(letter switch { 'n' => "\n", 't' => "\t", 'r' => "\r", '0' => "\0", '\\' or '\'' or '"' => letter.ToString(), _ => $"\\{letter}" });
            return letter != '\0' || _place <= text.Length;
        }

        private bool TryWord(out object? value)
        {
            int start = _place;
            while (char.IsAsciiLetterOrDigit(Here) || Here is '.' or '+' or '-' or '_')
            {
                _place++;
            }

            string word = text[start.._place];
            (bool known, value) = word switch
            {
                "True" => (true, (object?)true),
                "False" => (true, false),
                "None" => (true, null),
                _ when long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) => (true, whole),
                _ when word.Length > 0 && double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => (true, number),
                _ => (false, null),
            };
            return known;
        }

        private void SkipSpace()
        {
            while (_place < text.Length && char.IsWhiteSpace(text[_place]))
            {
                _place++;
            }
        }
    }
}
