using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Faults;

namespace LayerTool.Plans;

/// <summary>Reads <see cref="PlanNotation"/> by recursive descent; depth, counts and numbers are bounded as they are read.</summary>
internal sealed class PlanParser(string text)
{
    private const string Example = "a plan reads like `0-7, (8-11)x2, 20.mlp, base:22-24, [25|26], 27-31`";

    private readonly Dictionary<string, string> _names = []; // a name is kept once, however many slots carry it
    private int _position;
    private int _brackets;
    private int _parallelGroups;

    /// <summary>Reads the whole text.</summary>
    /// <exception cref="LayerToolException">The text is no plan.</exception>
    public PlanSyntax Parse()
    {
        PlanSyntax plan = ReadPlan();
        return AtEnd ? plan : throw Expected("`,` or the end");
    }

    private bool AtEnd
    {
        get
        {
            SkipSpace();
            return _position == text.Length;
        }
    }

    // plan := stage ("," stage)*
    private PlanSyntax.Sequence ReadPlan()
    {
        ImmutableArray<PlanSyntax>.Builder stages = ImmutableArray.CreateBuilder<PlanSyntax>();
        long slots = 0;
        do
        {
            SkipSpace();
            int start = _position;
            PlanSyntax stage = ReadStage();
            slots += stage.SlotCount;
            stages.Add(stage);
            CheckSlots(slots, start);
        }
        while (Take(','));
        return new PlanSyntax.Sequence(stages.DrainToImmutable(), (int)slots);
    }

    // stage := item | "[" item ("|" item)+ "]"
    private PlanSyntax ReadStage()
    {
        SkipSpace();
        int start = _position;
        if (!Take('['))
        {
            return ReadItem();
        }

        Enter(start);
        if (++_parallelGroups > PlanLimits.MaxParallelDepth)
        {
            throw Fault(start, $"parallel groups are nested more than {PlanLimits.MaxParallelDepth} deep", "put the members side by side in one `[ ]`");
        }

        ImmutableArray<PlanSyntax>.Builder members = ImmutableArray.CreateBuilder<PlanSyntax>();
        long slots = 0;
        do
        {
            PlanSyntax member = ReadItem();
            slots += member.SlotCount;
            members.Add(member);
            CheckSlots(slots, start);
        }
        while (Take('|'));
        if (members.Count < 2)
        {
            throw Expected("`|` and a second member");
        }

        if (!Take(']'))
        {
            throw Expected("`|` or `]`", Peek == ',' ? "a member of several stages stands in parentheses: `[(1, 2.mlp)|3]`" : OrderHint);
        }

        if (!AtEnd && Peek is '.' or '*' or 'x' or '+')
        {
            throw Expected("`,` or the end", "what applies to a whole parallel group stands behind parentheses: `([8|9])x2`");
        }

        _parallelGroups--;
        _brackets--;
        return new PlanSyntax.Parallel(members.DrainToImmutable(), (int)slots);
    }

    // item := group part? gain? times? adapter?
    private PlanSyntax.Item ReadItem()
    {
        SkipSpace();
        int start = _position;
        PlanSyntax group = ReadGroup();
        double attention = 1;
        double mlp = 1;
        if (Take('.'))
        {
            (attention, mlp) = ReadPart();
        }

        if (Take('*'))
        {
            double first = ReadGain();
            double second = Take('/') ? ReadGain() : first;
            attention *= first;
            mlp *= second;
        }

        int times = Take('x') ? ReadTimes() : 1;
        string? adapter = Take('+') ? ReadName("the name of an adapter") : null;
        long slots = (long)group.SlotCount * times;
        CheckSlots(slots, start);
        return new PlanSyntax.Item(group, new PlanSyntax.Modifiers(attention, mlp, adapter), times, start + 1, (int)slots);
    }

    // group := (source ":")? range | "(" plan ")"
    private PlanSyntax ReadGroup()
    {
        SkipSpace();
        int start = _position;
        if (Take('('))
        {
            Enter(start);
            PlanSyntax plan = ReadPlan();
            if (!Take(')'))
            {
                throw Expected("`,` or `)`");
            }

            _brackets--;
            return plan;
        }

        string source = LayerPlan.Main;
        if (PlanLimits.IsNameStart(Peek))
        {
            source = ReadName("the name of a source");
            if (!Take(':'))
            {
                throw source == PlanNotation.Empty
                    ? Fault(start, "`none` is the empty plan and stands alone", "leave it out")
                    : Expected($"`:` after the source `{source}`", "layers are named by number, those of another checkpoint `name:10-14`");
            }
        }

        SkipSpace();
        int first = ReadWhole(char.IsAsciiDigit(Peek), source == LayerPlan.Main ? "a layer number, a source or `(`" : "a layer number");
        int last = Take('-') ? ReadWhole(expected: "the layer number that ends the range") : first;
        long slots = Math.Abs((long)last - first) + 1;
        CheckSlots(slots, start);
        return new PlanSyntax.Range(source, first, last, (int)slots);
    }

    private (double Attention, double Mlp) ReadPart()
    {
        SkipSpace();
        ReadOnlySpan<char> rest = text.AsSpan(_position);
        if (rest.StartsWith("attn"))
        {
            _position += "attn".Length;
            return (1, 0);
        }

        if (rest.StartsWith("mlp"))
        {
            _position += "mlp".Length;
            return (0, 1);
        }

        throw Expected("`attn` or `mlp`");
    }

    // NUMBER: digits, optional fraction and exponent
    private double ReadGain()
    {
        SkipSpace();
        int start = _position;
        SkipDigits("a gain: a number that is not negative");
        if (Peek == '.' && _position + 1 < text.Length && char.IsAsciiDigit(text[_position + 1]))
        {
            _position++;
            SkipDigits("a digit");
        }

        if (Peek is 'e' or 'E')
        {
            _position++;
            if (Peek is '+' or '-')
            {
                _position++;
            }

            SkipDigits("the digits of the exponent");
        }

        ReadOnlySpan<char> number = text.AsSpan(start, _position - start);
        double gain = double.Parse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture);
        bool vanished = gain == 0 && Mantissa(number).ContainsAnyInRange('1', '9');
        return double.IsFinite(gain) && !vanished
            ? gain
            : throw Fault(start, $"the gain is too {(vanished ? "small" : "large")} for a number", "gains lie between 0 and 1.8e308");
    }

    private int ReadTimes()
    {
        SkipSpace();
        int start = _position;
        int times = ReadWhole(expected: "how often the group is played");
        return times > 0 ? times : throw Fault(start, "a group is played at least once, found x0", "leave the slots out instead");
    }

    private int ReadWhole(bool allowed = true, string expected = "a number")
    {
        SkipSpace();
        int start = _position;
        if (!allowed)
        {
            throw Expected(expected);
        }

        SkipDigits(expected);
        return int.TryParse(text.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw Fault(start, $"the number is larger than {int.MaxValue}", "layers count from 0; `layertool inspect MODEL` lists them");
    }

    private string ReadName(string expected)
    {
        SkipSpace();
        int start = _position;
        if (!PlanLimits.IsNameStart(Peek))
        {
            throw Expected(expected, "a name is letters, digits, `_` and `-`, and begins with a letter or `_`");
        }

        while (_position < text.Length && PlanLimits.IsNamePart(text[_position]))
        {
            _position++;
        }

        string name = text[start.._position];
        if (name.Length > PlanLimits.MaxNameLength)
        {
            throw Fault(start, $"the name is longer than {PlanLimits.MaxNameLength} characters", "give the source or adapter a shorter name");
        }

        _names.TryAdd(name, name);
        return _names[name];
    }

    private void SkipDigits(string expected)
    {
        if (!char.IsAsciiDigit(Peek))
        {
            throw Expected(expected);
        }

        while (char.IsAsciiDigit(Peek))
        {
            _position++;
        }
    }

    private void Enter(int start)
    {
        if (++_brackets > PlanLimits.MaxBracketDepth)
        {
            throw Fault(start, $"brackets are nested more than {PlanLimits.MaxBracketDepth} deep", "leave out brackets that hold one group alone");
        }
    }

    private static void CheckSlots(long slots, int start)
    {
        if (slots > PlanLimits.MaxSlots)
        {
            throw Fault(start, string.Create(CultureInfo.InvariantCulture, $"this makes {slots:N0} slots, a plan has at most {PlanLimits.MaxSlots:N0}"), "play fewer layers, or repeat them less often");
        }
    }

    /// <summary>The character that comes next, NUL at the end.</summary>
    private char Peek => _position < text.Length ? text[_position] : '\0';

    private string OrderHint => Peek is '.' or '*' or 'x' or '+'
        ? "behind a group stand, in this order: `.attn` or `.mlp`, `*gain`, `xTIMES`, `+adapter`"
        : Example;

    private bool Take(char wanted)
    {
        if (AtEnd || text[_position] != wanted)
        {
            return false;
        }

        _position++;
        return true;
    }

    private void SkipSpace()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position]))
        {
            _position++;
        }
    }

    private LayerToolException Expected(string what, string? hint = null)
    {
        SkipSpace();
        return Fault(_position, $"expected {what}, found {Found()}", hint ?? OrderHint);
    }

    private string Found()
    {
        if (_position >= text.Length)
        {
            return "the end";
        }

        char first = text[_position];
        if (!char.IsAscii(first) || char.IsControl(first))
        {
            return $"the character U+{(int)first:X4}";
        }

        int end = _position + 1;
        while (char.IsAsciiLetterOrDigit(first) && end < text.Length && end < _position + 20 && char.IsAsciiLetterOrDigit(text[end]))
        {
            end++;
        }

        return $"`{text[_position..end]}`";
    }

    private static ReadOnlySpan<char> Mantissa(ReadOnlySpan<char> number)
    {
        int exponent = number.IndexOfAny('e', 'E');
        return exponent < 0 ? number : number[..exponent];
    }

    private static LayerToolException Fault(int position, string message, string hint) =>
        new($"plan, position {position + 1}: {message}", hint);
}
