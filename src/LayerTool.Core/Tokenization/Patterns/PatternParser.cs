using System.Globalization;
using System.Text;
using LayerTool.Faults;
using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.Patterns;

/// <summary>
/// Reads the regular expressions of tokenizer files. What is not handled (back references, anchors, scripts, ...) is a fault
/// that names it: a pattern that is read differently splits words differently, and nobody notices.
/// </summary>
/// <param name="source">The expression.</param>
/// <param name="where">File and field, for messages.</param>
internal sealed class PatternParser(string source, string where)
{
    private const int DeepestGroup = 100;
    private const int LargestCount = 1000;

    private int _position;
    private int _depth;
    private bool _ignoreCase;

    private bool AtQuantifier => !AtEnd && source[_position] is '?' or '*' or '+' or '{';

    private bool AtEnd => _position >= source.Length;

    public PatternNode Parse()
    {
        PatternNode node = ParseAlternation();
        return AtEnd ? node : throw Fault("`)` without `(`");
    }

    private PatternNode ParseAlternation()
    {
        if (++_depth > DeepestGroup)
        {
            throw Fault("groups nested too deeply");
        }

        List<PatternNode> items = [ParseSequence()];
        while (Take('|'))
        {
            items.Add(ParseSequence());
        }

        _depth--;
        return items.Count == 1 ? items[0] : new PatternNode.Alternation([.. items]);
    }

    private PatternNode ParseSequence()
    {
        List<PatternNode> items = [];
        while (!AtEnd && source[_position] is not ('|' or ')'))
        {
            items.Add(ParseQuantified());
        }

        return items.Count == 1 ? items[0] : new PatternNode.Sequence([.. items]);
    }

    private PatternNode ParseQuantified()
    {
        PatternNode atom = ParseAtom();
        if (!AtQuantifier)
        {
            return atom;
        }

        PatternNode.Repeat repeat = atom is PatternNode.Lookahead ? throw Fault("a repetition of a lookahead") : ParseQuantifier(atom);
        return AtQuantifier ? throw Fault("a repetition of a repetition") : repeat;
    }

    private PatternNode.Repeat ParseQuantifier(PatternNode body)
    {
        char sign = source[_position++];
        (int minimum, int? maximum) = sign switch
        {
            '?' => (0, 1),
            '*' => (0, null),
            '+' => (1, null),
            _ => ParseCounts(),
        };
        if (maximum is null or > 1 && body.MinimumLength == 0)
        {
            throw Fault("a repetition of something that may be empty");
        }

        RepeatKind kind = Take('?') ? RepeatKind.Lazy : sign != '{' && Take('+') ? RepeatKind.Possessive : RepeatKind.Greedy;
        if (kind == RepeatKind.Possessive && body is not PatternNode.One)
        {
            throw Fault("a possessive repetition of a group");
        }

        // In the reference engine `{2}?` is an optional `{2}`, not a lazy one.
        return kind == RepeatKind.Lazy && sign == '{' && minimum == maximum
            ? throw Fault("`?` behind an exact count")
            : new PatternNode.Repeat(body, minimum, maximum, kind);
    }

    private (int Minimum, int? Maximum) ParseCounts()
    {
        int? minimum = ParseCount();
        int? maximum = minimum;
        if (Take(','))
        {
            maximum = ParseCount();
            if (minimum is null && maximum is null)
            {
                throw Fault("`{,}`");
            }
        }
        else if (minimum is null)
        {
            throw Fault("`{` that opens no count");
        }

        Expect('}');
        return minimum > maximum ? throw Fault("a count from more to less") : (minimum ?? 0, maximum);
    }

    private int? ParseCount()
    {
        int start = _position;
        while (!AtEnd && char.IsAsciiDigit(source[_position]))
        {
            _position++;
        }

        if (start == _position)
        {
            return null;
        }

        return int.TryParse(source.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= LargestCount
            ? count
            : throw Fault($"a count above {LargestCount}");
    }

    private PatternNode ParseAtom()
    {
        int point = Next();
        return point switch
        {
            '(' => ParseGroup(),
            '[' => new PatternNode.One(ParseClass()),
            '.' => new PatternNode.One(CodePointSet.Of('\n').Complement()),
            '\\' => new PatternNode.One(ParseEscape(inClass: false)),
            '^' or '$' => throw Fault($"the anchor `{(char)point}`"),
            '?' or '*' or '+' or '{' => throw Fault($"`{(char)point}` with nothing to repeat"),
            _ => new PatternNode.One(Cased([new CodePointRange(point, point)])),
        };
    }

    private PatternNode ParseGroup()
    {
        bool outer = _ignoreCase;
        PatternNode Close(PatternNode node)
        {
            Expect(')');
            _ignoreCase = outer;
            return node;
        }

        if (!Take('?'))
        {
            return Close(ParseAlternation());
        }

        if (Take(':'))
        {
            return Close(ParseAlternation());
        }

        if (Take('='))
        {
            return Close(new PatternNode.Lookahead(ParseAlternation(), Negative: false));
        }

        if (Take('!'))
        {
            return Close(new PatternNode.Lookahead(ParseAlternation(), Negative: true));
        }

        if (Take('i') && Take(':'))
        {
            _ignoreCase = true;
            return Close(ParseAlternation());
        }

        throw Fault("a group of a kind other than `(...)`, `(?:...)`, `(?i:...)`, `(?=...)`, `(?!...)`");
    }

    private CodePointSet ParseClass()
    {
        bool negative = Take('^');
        if (!AtEnd && source[_position] == ']')
        {
            throw Fault("`]` as the first character of `[ ]`");
        }

        List<CodePointRange> ranges = [];
        do
        {
            ParseClassItem(ranges);
        }
        while (!Take(']'));

        CodePointSet set = Cased(ranges);
        return negative ? set.Complement() : set;
    }

    private void ParseClassItem(List<CodePointRange> ranges)
    {
        CodePointSet low = ParseClassMember();
        bool isRange = _position + 1 < source.Length && source[_position] == '-' && source[_position + 1] != ']';
        if (!isRange)
        {
            ranges.AddRange(low.Ranges);
            return;
        }

        _position++;
        CodePointSet high = ParseClassMember();
        if (Single(low) is not { } from || Single(high) is not { } to || from > to)
        {
            throw Fault("a range in `[ ]` whose ends are not two characters in order");
        }

        ranges.Add(new CodePointRange(from, to));
    }

    private CodePointSet ParseClassMember()
    {
        int point = Next();
        return point switch
        {
            '[' => throw Fault("`[` inside of `[ ]`"),
            '&' when !AtEnd && source[_position] == '&' => throw Fault("`&&` inside of `[ ]`"),
            '\\' => ParseEscape(inClass: true),
            _ => CodePointSet.Of(point),
        };
    }

    private CodePointSet ParseEscape(bool inClass)
    {
        int point = Next();
        return point switch
        {
            's' => CharacterClasses.Space,
            'S' => CharacterClasses.Space.Complement(),
            'd' => CharacterClasses.Digit,
            'D' => CharacterClasses.Digit.Complement(),
            'w' => CharacterClasses.Word,
            'W' => CharacterClasses.Word.Complement(),
            'p' => ParseCategory(),
            'P' => ParseCategory().Complement(),
            'n' => CodePointSet.Of('\n'),
            'r' => CodePointSet.Of('\r'),
            't' => CodePointSet.Of('\t'),
            'f' => CodePointSet.Of('\f'),
            'x' => CodePointSet.Of(Take('{') ? ParseHex(1, 6, close: true) : ParseHex(1, 2, close: false)),
            'u' => CodePointSet.Of(ParseHex(4, 4, close: false)),
            _ when point < 0x80 && !char.IsAsciiLetterOrDigit((char)point) => CodePointSet.Of(point),
            _ => throw Fault($"`\\{new Rune(point)}`{(inClass ? " inside of `[ ]`" : "")}"),
        };
    }

    private CodePointSet ParseCategory()
    {
        Expect('{');
        bool negative = Take('^');
        int end = source.IndexOf('}', _position);
        if (end < 0)
        {
            throw Fault("`\\p{` without `}`");
        }

        string name = source[_position..end];
        _position = end + 1;
        CodePointSet set = CharacterClasses.Category(name) ?? throw Fault($"the class `\\p{{{name}}}`");
        return negative ? set.Complement() : set;
    }

    private int ParseHex(int fewest, int most, bool close)
    {
        int start = _position;
        while (!AtEnd && _position - start < most && char.IsAsciiHexDigit(source[_position]))
        {
            _position++;
        }

        if (_position - start < fewest)
        {
            throw Fault("an escape without its hexadecimal digits");
        }

        int point = int.Parse(source.AsSpan(start, _position - start), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (close)
        {
            Expect('}');
        }

        return Rune.IsValid(point) ? point : throw Fault($"U+{point:X}, which is no character");
    }

    private CodePointSet Cased(List<CodePointRange> ranges) =>
        CodePointSet.Of(_ignoreCase ? [.. ranges, .. ranges.SelectMany(OtherCases)] : ranges);

    // The reference engine folds by all of Unicode: `s` also matches U+017F. Only the letters whose partners are known are taken.
    private List<CodePointRange> OtherCases(CodePointRange range)
    {
        List<CodePointRange> others = [];
        for (int point = range.First; point <= range.Last; point++)
        {
            if (point >= 0x80 || "abcfghijknopquwxyz".Contains(char.ToLowerInvariant((char)point), StringComparison.Ordinal))
            {
                throw Fault($"`{new Rune(point)}` without regard to case");
            }

            if (char.IsAsciiLetter((char)point))
            {
                others.Add(new CodePointRange(point ^ 0x20, point ^ 0x20));
            }

            if (point is 's' or 'S')
            {
                others.Add(new CodePointRange(0x17F, 0x17F));
            }
        }

        return others;
    }

    private static int? Single(CodePointSet set) =>
        set.Ranges.Length == 1 && set.Ranges[0].First == set.Ranges[0].Last ? set.Ranges[0].First : null;

    private int Next()
    {
        if (AtEnd)
        {
            throw Fault("an end where more must follow");
        }

        if (Rune.DecodeFromUtf16(source.AsSpan(_position), out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
        {
            throw Fault("half of a surrogate pair");
        }

        _position += length;
        return rune.Value;
    }

    private bool Take(char sign)
    {
        if (AtEnd || source[_position] != sign)
        {
            return false;
        }

        _position++;
        return true;
    }

    private void Expect(char sign)
    {
        if (!Take(sign))
        {
            throw Fault($"a missing `{sign}`");
        }
    }

    private LayerToolException Fault(string what) =>
        new($"{where}: the pattern is not handled: {what}, at character {_position + 1} of `{(source.Length > 200 ? source[..200] + "..." : source)}`", TokenizerJson.OtherTokenizer);
}
