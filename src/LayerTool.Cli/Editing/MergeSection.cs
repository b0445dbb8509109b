using LayerTool.Cli.Output;
using LayerTool.Mergekit;

namespace LayerTool.Cli.Editing;

/// <summary>What was understood of a merge file: which checkpoint the plan calls by which name.</summary>
/// <param name="file">The file.</param>
/// <param name="plan">Its plan.</param>
internal sealed class MergeSection(MergeFile file, MergePlan plan) : ISection
{
    public object Json { get; } = new
    {
        file.File,
        Sources = plan.Sources.Select(source => new { source.Name, source.Model }),
        Embedding = plan.Plan.EmbeddingSource,
        Head = plan.Plan.HeadSource,
        plan.Plan.TiedHead,
        Dtype = file.Dtype?.Name,
        plan.Notes,
    };

    public void WriteText(ReportWriter writer)
    {
        writer.Pairs([.. plan.Sources.Select(source => (source.Name, source.Model)), .. file.Dtype is { } dtype ? [("written as", dtype.Name)] : Array.Empty<(string, string)>()]);
        writer.Line();
    }
}
