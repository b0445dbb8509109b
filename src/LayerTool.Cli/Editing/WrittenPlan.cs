using LayerTool.Cli.Output;

namespace LayerTool.Cli.Editing;

/// <summary>Says where a plan was written.</summary>
internal sealed class WrittenPlan(string file) : ISection
{
    public object Json { get; } = new { Path = file };

    public void WriteText(ReportWriter writer)
    {
        writer.Line();
        writer.Line($"plan written to {file}");
    }
}
