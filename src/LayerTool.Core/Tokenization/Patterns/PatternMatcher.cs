using System.Text;
using LayerTool.Faults;
using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.Patterns;

/// <summary>
/// Runs compiled patterns by backtracking: of all matches at a place the one that a Perl-like engine finds first. Counts the
/// characters that it takes in loops and gives back, so that a pattern made to explode ends in a fault.
/// </summary>
/// <param name="textLength">Length of the text that will be searched; sets how much work is allowed.</param>
/// <param name="where">File and field of the pattern, for messages.</param>
internal sealed class PatternMatcher(int textLength, string where)
{
    private long _workLeft = 1_000_000 + (100L * textLength);
    private Choice[] _choices = new Choice[16];

    /// <summary>End of the match that starts at that position, or -1. The text has no lone surrogates.</summary>
    public int Match(Instruction[] code, ReadOnlySpan<char> text, int position) => Run(code, text, position, 0);

    // Open choices lie above `floor`: a lookahead runs on the same stack, above those of the pattern around it.
    private int Run(Instruction[] code, ReadOnlySpan<char> text, int position, int floor)
    {
        int top = floor;
        int step = 0;
        while (true)
        {
            Instruction instruction = code[step++];
            bool goesOn = true;
            switch (instruction.Operation)
            {
                case Operation.Match:
                    return position;
                case Operation.One:
                    goesOn = Take(instruction.Set!, text, ref position);
                    break;
                case Operation.Loop:
                case Operation.PossessiveLoop:
                    int start = position;
                    goesOn = Loop(instruction, text, ref position, out int least);
                    Work(position - start);
                    if (position > least && instruction.Operation == Operation.Loop)
                    {
                        Push(ref top, new Choice(step, position, least));
                    }

                    break;
                case Operation.Try:
                    Push(ref top, new Choice(instruction.Fallback, position, position));
                    step = instruction.Target;
                    break;
                case Operation.Jump:
                    step = instruction.Target;
                    break;
                case Operation.Ahead:
                    goesOn = Run(instruction.Look!, text, position, top) >= 0;
                    break;
                case Operation.NotAhead:
                    goesOn = Run(instruction.Look!, text, position, top) < 0;
                    break;
                default:
                    throw new InvalidOperationException($"No step {instruction.Operation}.");
            }

            if (!goesOn && !StepBack(text, floor, ref top, ref step, ref position))
            {
                return -1;
            }
        }
    }

    private bool StepBack(ReadOnlySpan<char> text, int floor, ref int top, ref int step, ref int position)
    {
        if (top == floor)
        {
            return false;
        }

        Work(1);
        ref Choice choice = ref _choices[top - 1];
        step = choice.Step;
        position = choice.Position;
        if (choice.Least == choice.Position)
        {
            top--;
            return true;
        }

        // A loop gives one character back and keeps its choice while it has more to give.
        position -= char.IsLowSurrogate(text[position - 1]) ? 2 : 1;
        choice = choice with { Position = position };
        if (position == choice.Least)
        {
            top--;
        }

        return true;
    }

    private void Work(int amount)
    {
        _workLeft -= amount;
        if (_workLeft < 0)
        {
            throw new LayerToolException($"{where}: the pattern tries too many ways to match this text", TokenizerJson.OtherTokenizer);
        }
    }

    private void Push(ref int top, Choice choice)
    {
        if (top == _choices.Length)
        {
            Array.Resize(ref _choices, 2 * top);
        }

        _choices[top++] = choice;
    }

    private static bool Loop(Instruction loop, ReadOnlySpan<char> text, ref int position, out int least)
    {
        int count = 0;
        least = loop.Minimum == 0 ? position : int.MaxValue;
        while (count < loop.Maximum && Take(loop.Set!, text, ref position))
        {
            if (++count == loop.Minimum)
            {
                least = position;
            }
        }

        return count >= loop.Minimum;
    }

    private static bool Take(CodePointSet set, ReadOnlySpan<char> text, ref int position)
    {
        if (position >= text.Length)
        {
            return false;
        }

        char unit = text[position];
        if (!char.IsSurrogate(unit))
        {
            if (!set.Contains(unit))
            {
                return false;
            }

            position++;
            return true;
        }

        Rune.DecodeFromUtf16(text[position..], out Rune rune, out int length);
        if (!set.Contains(rune.Value))
        {
            return false;
        }

        position += length;
        return true;
    }

    // Where to go on if the way taken fails; a loop may give back characters down to Least.
    private readonly record struct Choice(int Step, int Position, int Least);
}
