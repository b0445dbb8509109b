namespace LayerTool.Plans;

/// <summary>One step of a plan: a <see cref="LayerSlot"/>, or a <see cref="ParallelGroup"/> of several played side by side.</summary>
public abstract record PlanStep
{
    private protected PlanStep()
    {
    }
}
