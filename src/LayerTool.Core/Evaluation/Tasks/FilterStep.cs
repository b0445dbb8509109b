namespace LayerTool.Evaluation.Tasks;

/// <summary>One step of a filter.</summary>
public abstract record FilterStep
{
    private protected FilterStep()
    {
    }

    /// <summary>The text after the step.</summary>
    public abstract string Apply(string text);
}
