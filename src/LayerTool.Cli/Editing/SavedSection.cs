using LayerTool.Cli.Output;
using LayerTool.Saving;

namespace LayerTool.Cli.Editing;

/// <summary>Says which checkpoint was written.</summary>
/// <param name="folder">The folder as it was named.</param>
/// <param name="saved">What was written.</param>
internal sealed class SavedSection(string folder, SaveResult saved) : ISection
{
    public object Json { get; } = new
    {
        Path = saved.Folder,
        saved.Format,
        saved.TensorBytes,
        saved.Parameters,
        saved.WeightFiles,
        saved.CarriedFiles,
        saved.Notes,
    };

    public void WriteText(ReportWriter writer)
    {
        string files = saved.WeightFiles.Length == 1 ? "one file" : $"{saved.WeightFiles.Length} files";
        writer.Line();
        writer.Line($"written to {folder}: {Quantity.Bytes(saved.TensorBytes)} of weights in {files}, format {saved.Format.ToString().ToLowerInvariant()}");
    }
}
