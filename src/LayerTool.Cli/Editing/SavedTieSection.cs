using LayerTool.Cli.Output;
using LayerTool.Saving;
using LayerTool.Tying;

namespace LayerTool.Cli.Editing;

/// <summary>Says which tied checkpoint was written, and how it is opened.</summary>
/// <param name="folder">The folder as it was named.</param>
/// <param name="layout">Its form.</param>
/// <param name="saved">What was written.</param>
internal sealed class SavedTieSection(string folder, TieLayout layout, SaveResult saved) : ISection
{
    public object Json => new
    {
        Path = saved.Folder,
        Layout = TieLayouts.NameOf(layout),
        saved.TensorBytes,
        saved.Parameters,
        saved.WeightFiles,
        saved.CarriedFiles,
        saved.Notes,
    };

    public void WriteText(ReportWriter writer)
    {
        writer.Line();
        writer.Line($"written to {folder}, layout {TieLayouts.NameOf(layout)}");
        foreach (string note in saved.Notes)
        {
            writer.Line($"  {note}");
        }
    }
}
