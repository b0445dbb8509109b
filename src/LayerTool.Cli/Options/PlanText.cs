using LayerTool.Plans;

namespace LayerTool.Cli.Options;

/// <summary>A plan as a command line gives it: exactly one of the two.</summary>
/// <param name="Notation">The plan that was written out.</param>
/// <param name="File">The plan file.</param>
internal sealed record PlanText(LayerPlan? Notation, string? File)
{
    /// <summary>The plan, and what its file says of its sources.</summary>
    /// <exception cref="Faults.LayerToolException">The file cannot be read, or is no plan file.</exception>
    public PlanFile Read() => File is null ? new PlanFile(Notation!) : PlanJson.ReadFile(File);
}
