using System.Collections.Immutable;
using LayerTool.Tokenization.Templates.Syntax;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>Works out expressions.</summary>
/// <param name="budget">What may still be done.</param>
internal sealed class Evaluator(Budget budget)
{
    private readonly Members _members = new(budget);

    public Budget Budget => budget;

    public Members Members => _members;

    /// <summary>The value of an expression.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="scope">What its names stand for.</param>
    /// <param name="body">What a filter without an operand takes.</param>
    public object? Evaluate(Expression expression, Scope scope, string? body = null)
    {
        budget.Step();
        try
        {
            return expression switch
            {
                Expression.Constant constant => constant.Value,
                Expression.Variable name => scope[name.Text],
                Expression.Attribute attribute => _members.Attribute(Evaluate(attribute.Owner, scope), attribute.Name),
                Expression.Item { Key: Expression.Slice slice } item => Slice(item, slice, scope),
                Expression.Item item => _members.Item(Evaluate(item.Owner, scope), Evaluate(item.Key, scope)),
                Expression.Call call => Call(Evaluate(call.Function, scope), Arguments(call.Arguments, scope)),
                Expression.Filter filter => Filters.Apply(
                    this, filter.Name, filter.Operand is null ? body : Evaluate(filter.Operand, scope, body), Arguments(filter.Arguments, scope)),
                Expression.IsTest test => Tests.Apply(test.Name, Evaluate(test.Operand, scope), Arguments(test.Arguments, scope)) != test.Negated,
                Expression.Binary binary => EvaluateChain(binary, scope),
                Expression.Compare compare => EvaluateComparison(compare, scope),
                Expression.Concat concat => Concat(concat, scope),
                Expression.Unary unary => EvaluateUnary(unary, scope),
                Expression.Condition condition => PythonOperators.IsTrue(Evaluate(condition.Test, scope))
                    ? Evaluate(condition.Then, scope)
                    : condition.Else is { } other ? Evaluate(other, scope) : new Undefined("UndefinedError", "the inline if-expression evaluated to false and no else section was defined."),
                Expression.ListOf list => All(list.Items, scope),
                Expression.TupleOf tuple => new TupleValue(All(tuple.Items, scope)),
                Expression.DictOf dict => Dict(dict, scope),
                _ => throw new TemplateFault(TemplateFault.Syntax, "a slice stands where a value must"),
            };
        }
        catch (TemplateFault fault) when (fault.Passes(expression.Line))
        {
            throw;
        }
    }

    /// <summary>Calls a value.</summary>
    public object? Call(object? function, Arguments arguments)
    {
        budget.Step();
        return function switch
        {
            FunctionValue callable => callable.Call(arguments),
            LoopValue loop => loop.Call(arguments),
            Undefined undefined => throw undefined.Fault(),
            _ => throw new TemplateFault("TypeError", $"'{PythonType.Of(function)}' object is not callable"),
        };
    }

    private Arguments Arguments(CallArguments given, Scope scope)
    {
        if (given == CallArguments.None)
        {
            return Values.Arguments.None;
        }

        List<object?> positional = All(given.Positional, scope);
        List<KeyValuePair<string, object?>> named = [.. given.Named.Select(entry => KeyValuePair.Create(entry.Name, Evaluate(entry.Value, scope)))];
        if (given.Unpacked is { } unpacked)
        {
            positional.AddRange(budget.Made(PythonOperators.Iterate(Evaluate(unpacked, scope))));
        }

        if (given.UnpackedNamed is { } unpackedNamed)
        {
            DictValue dict = Evaluate(unpackedNamed, scope) as DictValue ?? throw new TemplateFault("TypeError", "argument after ** must be a mapping");
            named.AddRange(dict.Entries.Select(entry => KeyValuePair.Create(PythonPrinter.Str(entry.Key), entry.Value)));
        }

        return new Arguments(positional, named);
    }

    // Operators of one kind nest to the left: they are worked off in a loop, not one inside the other.
    private object? EvaluateChain(Expression.Binary last, Scope scope)
    {
        Stack<Expression.Binary> chain = new();
        Expression first = last;
        while (first is Expression.Binary binary)
        {
            chain.Push(binary);
            first = binary.Left;
        }

        object? value = Evaluate(first, scope);
        while (chain.TryPop(out Expression.Binary? next))
        {
            value = next.Sign switch
            {
                "and" => PythonOperators.IsTrue(value) ? Evaluate(next.Right, scope) : value,
                "or" => PythonOperators.IsTrue(value) ? value : Evaluate(next.Right, scope),
                _ => Arithmetic.Apply(budget, next.Sign, value, Evaluate(next.Right, scope)),
            };
        }

        return value;
    }

    private bool EvaluateComparison(Expression.Compare compare, Scope scope)
    {
        object? left = Evaluate(compare.First, scope);
        foreach ((string sign, Expression operand) in compare.Rest)
        {
            object? right = Evaluate(operand, scope);
            bool holds = sign switch
            {
                "==" => PythonOperators.AreEqual(left, right),
                "!=" => !PythonOperators.AreEqual(left, right),
                "in" => PythonOperators.Contains(right, left),
                "not in" => !PythonOperators.Contains(right, left),
                "<" => PythonOperators.Order(left, right, sign) < 0,
                "<=" => PythonOperators.Order(left, right, sign) <= 0,
                ">" => PythonOperators.Order(left, right, sign) > 0,
                _ => PythonOperators.Order(left, right, sign) >= 0,
            };
            if (!holds)
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private object? EvaluateUnary(Expression.Unary unary, Scope scope)
    {
        object? value = Evaluate(unary.Operand, scope);
        return unary.Sign == "not" ? !PythonOperators.IsTrue(value) : Arithmetic.Signed(unary.Sign, value);
    }

    private string Concat(Expression.Concat concat, Scope scope)
    {
        List<string> parts = [];
        foreach (Expression item in concat.Items)
        {
            parts.Add(budget.Made(PythonPrinter.Str(Evaluate(item, scope))));
        }

        return string.Concat(parts);
    }

    private object? Slice(Expression.Item item, Expression.Slice slice, Scope scope)
    {
        object? Bound(Expression? bound) => bound is null ? null : Evaluate(bound, scope);
        return _members.Slice(Evaluate(item.Owner, scope), Bound(slice.Start), Bound(slice.Stop), Bound(slice.Step));
    }

    private List<object?> All(ImmutableArray<Expression> items, Scope scope) => budget.Made(items.Select(item => Evaluate(item, scope)));

    private DictValue Dict(Expression.DictOf dict, Scope scope)
    {
        DictValue value = new();
        foreach ((Expression key, Expression item) in dict.Items)
        {
            budget.Charge(1);
            value[Evaluate(key, scope)] = Evaluate(item, scope);
        }

        return value;
    }
}
