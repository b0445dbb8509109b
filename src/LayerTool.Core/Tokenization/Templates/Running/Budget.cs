namespace LayerTool.Tokenization.Templates.Running;

/// <summary>How much a template may still do: it can neither loop for ever nor fill the memory.</summary>
internal sealed class Budget
{
    private const long MostSteps = 4_000_000;
    private const long MostUnits = 100_000_000;

    private const int DeepestCall = 200;

    private long _steps = MostSteps;
    private long _units = MostUnits;
    private int _depth;

    /// <summary>Counts one step of the work.</summary>
    public void Step()
    {
        if (--_steps < 0)
        {
            throw new TemplateFault(TemplateFault.Limit, $"more than {MostSteps} steps");
        }

        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new TemplateFault(TemplateFault.Limit, "calls or values nested too deep");
        }
    }

    /// <summary>Goes into a macro or a recursive loop.</summary>
    public void Enter()
    {
        if (++_depth > DeepestCall)
        {
            throw new TemplateFault(TemplateFault.Limit, $"more than {DeepestCall} calls one inside the other");
        }
    }

    /// <summary>Comes back from it.</summary>
    public void Leave() => _depth--;

    /// <summary>Counts characters or items about to be made.</summary>
    public void Charge(long units)
    {
        _units -= Math.Max(units, 0);
        if (_units < 0)
        {
            throw new TemplateFault(TemplateFault.Limit, $"more than {MostUnits} characters and items made on the way");
        }
    }

    /// <summary>Counts a text that was made of one that was there.</summary>
    public string Made(string text)
    {
        Charge(text.Length);
        return text;
    }

    /// <summary>Counts a list that was made.</summary>
    public List<object?> Made(IEnumerable<object?> items)
    {
        List<object?> list = [];
        foreach (object? item in items)
        {
            Step();
            Charge(1);
            list.Add(item);
        }

        return list;
    }
}
