using LayerTool.Faults;

namespace LayerTool.Tokenization.Patterns;

/// <summary>Turns a parsed pattern into instructions for <see cref="PatternMatcher"/>.</summary>
/// <param name="where">File and field, for messages.</param>
internal sealed class PatternCompiler(string where)
{
    private const int Largest = 20_000;

    private int _count;

    public Instruction[] Compile(PatternNode node)
    {
        List<Instruction> code = [];
        Emit(node, code);
        Add(code, new Instruction(Operation.Match));
        return [.. code];
    }

    private void Emit(PatternNode node, List<Instruction> code)
    {
        switch (node)
        {
            case PatternNode.One one:
                Add(code, new Instruction(Operation.One) { Set = one.Set });
                break;
            case PatternNode.Sequence sequence:
                foreach (PatternNode item in sequence.Items)
                {
                    Emit(item, code);
                }

                break;
            case PatternNode.Alternation alternation:
                EmitAlternation(alternation, code);
                break;
            case PatternNode.Lookahead look:
                Add(code, new Instruction(look.Negative ? Operation.NotAhead : Operation.Ahead) { Look = Compile(look.Body) });
                break;
            case PatternNode.Repeat { Body: PatternNode.One one, Kind: not RepeatKind.Lazy } loop:
                Add(code, new Instruction(loop.Kind == RepeatKind.Greedy ? Operation.Loop : Operation.PossessiveLoop)
                {
                    Set = one.Set,
                    Minimum = loop.Minimum,
                    Maximum = loop.Maximum ?? int.MaxValue,
                });
                break;
            case PatternNode.Repeat repeat:
                EmitRepeat(repeat, code);
                break;
            default:
                throw new InvalidOperationException($"No instructions for {node.GetType().Name}.");
        }
    }

    // try first else A; first; jump end; A: try second else B; second; jump end; B: third; end:
    private void EmitAlternation(PatternNode.Alternation alternation, List<Instruction> code)
    {
        List<int> jumps = [];
        for (int i = 0; i < alternation.Items.Length; i++)
        {
            bool last = i == alternation.Items.Length - 1;
            int fork = code.Count;
            if (!last)
            {
                Add(code, new Instruction(Operation.Try));
            }

            Emit(alternation.Items[i], code);
            if (!last)
            {
                jumps.Add(code.Count);
                Add(code, new Instruction(Operation.Jump));
                code[fork] = new Instruction(Operation.Try) { Target = fork + 1, Fallback = code.Count };
            }
        }

        foreach (int jump in jumps)
        {
            code[jump] = new Instruction(Operation.Jump) { Target = code.Count };
        }
    }

    private void EmitRepeat(PatternNode.Repeat repeat, List<Instruction> code)
    {
        for (int i = 0; i < repeat.Minimum; i++)
        {
            Emit(repeat.Body, code);
        }

        if (repeat.Maximum is null)
        {
            int fork = code.Count;
            Add(code, new Instruction(Operation.Try));
            Emit(repeat.Body, code);
            Add(code, new Instruction(Operation.Jump) { Target = fork });
            code[fork] = Fork(repeat.Kind, fork + 1, code.Count);
            return;
        }

        List<int> forks = [];
        for (int i = repeat.Minimum; i < repeat.Maximum; i++)
        {
            forks.Add(code.Count);
            Add(code, new Instruction(Operation.Try));
            Emit(repeat.Body, code);
        }

        foreach (int fork in forks)
        {
            code[fork] = Fork(repeat.Kind, fork + 1, code.Count);
        }
    }

    private static Instruction Fork(RepeatKind kind, int body, int end) => kind == RepeatKind.Lazy
        ? new Instruction(Operation.Try) { Target = end, Fallback = body }
        : new Instruction(Operation.Try) { Target = body, Fallback = end };

    private void Add(List<Instruction> code, Instruction instruction)
    {
        if (++_count > Largest)
        {
            throw new LayerToolException($"{where}: the pattern is not handled: it is longer than {Largest} steps", TokenizerJson.OtherTokenizer);
        }

        code.Add(instruction);
    }
}
