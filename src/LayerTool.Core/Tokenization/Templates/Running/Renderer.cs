using System.Collections.Immutable;
using LayerTool.Tokenization.Templates.Syntax;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>Runs the statements of a template.</summary>
/// <param name="budget">What it may still take.</param>
/// <param name="strict">Whether a name without a value may not be printed.</param>
internal sealed class Renderer(Budget budget, bool strict = false)
{
    private readonly Evaluator _evaluator = new(budget);

    /// <summary>Runs statements one after another.</summary>
    /// <returns>How they ended: at their end, or at a <c>break</c> or <c>continue</c> that a loop around takes.</returns>
    public Ending Run(ImmutableArray<Statement> body, Scope scope, Output output)
    {
        foreach (Statement statement in body)
        {
            budget.Step();
            Ending ending;
            try
            {
                ending = Run(statement, scope, output);
            }
            catch (TemplateFault fault) when (fault.Passes(statement.Line))
            {
                throw;
            }

            if (ending != Ending.Normal)
            {
                return ending;
            }
        }

        return Ending.Normal;
    }

    private Ending Run(Statement statement, Scope scope, Output output)
    {
        switch (statement)
        {
            case Statement.Data data:
                output.Write(data.Text);
                return Ending.Normal;
            case Statement.Print print:
                object? printed = _evaluator.Evaluate(print.Value, scope);
                string text = strict && printed is Undefined undefined ? throw undefined.Fault() : PythonPrinter.Str(printed);
                output.Write(output.Escapes ? TextFilters.EscapeHtml(text) : text);
                return Ending.Normal;
            case Statement.If branches:
                return RunIf(branches, scope, output);
            case Statement.For loop:
                RunFor(loop, _evaluator.Evaluate(loop.Items, scope), scope, output, depth: 0);
                return Ending.Normal;
            case Statement.Set set:
                Assign(set.Target, _evaluator.Evaluate(set.Value, scope), scope);
                return Ending.Normal;
            case Statement.SetBlock set:
                string body = Capture(set.Body, new Scope(scope), output);
                Assign(set.Target, set.Filter is null ? body : _evaluator.Evaluate(set.Filter, scope, body), scope);
                return Ending.Normal;
            case Statement.Macro macro:
                scope[macro.Name] = MakeMacro(macro, scope, output);
                return Ending.Normal;
            case Statement.CallBlock call:
                Scope inner = new(scope);
                output.Write(CallWith((Expression.Call)call.Call, MakeMacro(call.Caller, inner, output), scope));
                return Ending.Normal;
            case Statement.FilterBlock filter:
                output.Write(PythonPrinter.Str(_evaluator.Evaluate(filter.Filter, scope, Capture(filter.Body, new Scope(scope), output))));
                return Ending.Normal;
            case Statement.With with:
                Scope within = new(scope);
                foreach ((Expression target, Expression value) in with.Values)
                {
                    Assign(target, _evaluator.Evaluate(value, scope), within);
                }

                return Run(with.Body, within, output);
            case Statement.AutoEscape escape:
                bool before = output.Escapes;
                output.Escapes = PythonOperators.IsTrue(_evaluator.Evaluate(escape.Enabled, scope));
                Ending ending = Run(escape.Body, new Scope(scope), output);
                output.Escapes = before;
                return ending;
            case Statement.Region region:
                return Run(region.Body, new Scope(region.SeesRootOnly ? scope.Root : scope), output);
            case Statement.Break:
                return Ending.Break;
            case Statement.Continue:
                return Ending.Continue;
            default:
                throw new TemplateFault("TypeError", "no loader for this environment specified");
        }
    }

    private Ending RunIf(Statement.If branches, Scope scope, Output output)
    {
        foreach ((Expression test, ImmutableArray<Statement> body) in branches.Branches)
        {
            if (PythonOperators.IsTrue(_evaluator.Evaluate(test, scope)))
            {
                return Run(body, scope, output);
            }
        }

        return Run(branches.Else, scope, output);
    }

    private void RunFor(Statement.For loop, object? iterated, Scope scope, Output output, int depth)
    {
        List<object?> items = budget.Made(PythonOperators.Iterate(iterated).Where(item => Passes(loop, item, scope)));
        if (items.Count == 0)
        {
            Run(loop.Else, new Scope(scope), output);
            return;
        }

        LoopValue state = new(items, depth, loop.Recursive ? (inner, deeper) => Recurse(loop, inner, scope, output, deeper) : null);
        for (state.Place = 0; state.Place < items.Count; state.Place++)
        {
            budget.Step();
            Scope each = new(scope);
            each["loop"] = state;
            Assign(loop.Target, items[state.Place], each);
            if (Run(loop.Body, each, output) == Ending.Break)
            {
                return;
            }
        }
    }

    private string Recurse(Statement.For loop, object? items, Scope scope, Output output, int depth)
    {
        budget.Step();
        Output inner = new(budget, output.Escapes);
        budget.Enter();
        RunFor(loop, items, scope, inner, depth);
        budget.Leave();
        return inner.ToString();
    }

    private bool Passes(Statement.For loop, object? item, Scope scope)
    {
        if (loop.Test is null)
        {
            return true;
        }

        Scope each = new(scope);
        Assign(loop.Target, item, each);
        return PythonOperators.IsTrue(_evaluator.Evaluate(loop.Test, each));
    }

    private void Assign(Expression target, object? value, Scope scope)
    {
        switch (target)
        {
            case Expression.Variable name:
                scope[name.Text] = value;
                break;
            case Expression.Attribute attribute:
                NamespaceValue space = _evaluator.Evaluate(attribute.Owner, scope) as NamespaceValue
                    ?? throw new TemplateFault("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
                space[attribute.Name] = value;
                break;
            case Expression.TupleOf tuple:
                List<object?> items = budget.Made(PythonOperators.Iterate(value).Take(tuple.Items.Length + 1));
                if (items.Count != tuple.Items.Length)
                {
                    throw new TemplateFault(
                        "ValueError", items.Count < tuple.Items.Length
                            ? $"not enough values to unpack (expected {tuple.Items.Length}, got {items.Count})"
                            : $"too many values to unpack (expected {tuple.Items.Length})");
                }

                for (int i = 0; i < items.Count; i++)
                {
                    Assign(tuple.Items[i], items[i], scope);
                }

                break;
            default:
                throw new InvalidOperationException($"{target.GetType().Name} is not assigned to.");
        }
    }

    private string Capture(ImmutableArray<Statement> body, Scope scope, Output output)
    {
        Output inner = new(budget, output.Escapes);
        Run(body, scope, inner);
        return inner.ToString();
    }

    private FunctionValue MakeMacro(Statement.Macro macro, Scope scope, Output output) => new(given => CallMacro(macro, given, scope, output));

    private string CallMacro(Statement.Macro macro, Arguments given, Scope scope, Output output)
    {
        Scope inner = new(scope);
        HashSet<string> names = [.. macro.Parameters.Select(parameter => parameter.Name)];
        for (int i = 0; i < macro.Parameters.Length; i++)
        {
            (string name, Expression? otherwise) = macro.Parameters[i];
            inner[name] = given.TryGet(i, name, out object? value)
                ? value
                : otherwise is null ? new Undefined("UndefinedError", $"parameter '{name}' was not provided") : _evaluator.Evaluate(otherwise, inner);
        }

        DictValue rest = new();
        foreach ((string name, object? value) in given.Named.Where(entry => !names.Contains(entry.Key)))
        {
            if (name == "caller")
            {
                inner["caller"] = value;
            }
            else
            {
                rest[name] = value;
            }
        }

        inner["kwargs"] = rest;
        inner["varargs"] = new TupleValue([.. given.Positional.Skip(macro.Parameters.Length)]);
        budget.Enter();
        string text = Capture(macro.Body, inner, output);
        budget.Leave();
        return text;
    }

    private string CallWith(Expression.Call call, FunctionValue caller, Scope scope)
    {
        Scope named = new(scope);
        const string Hidden = " caller";
        named[Hidden] = caller;
        CallArguments arguments = call.Arguments with { Named = call.Arguments.Named.Add(("caller", new Expression.Variable(call.Line, Hidden))) };
        return PythonPrinter.Str(_evaluator.Evaluate(call with { Arguments = arguments }, named));
    }
}
