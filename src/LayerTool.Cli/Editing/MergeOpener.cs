using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Cli.Output;
using LayerTool.Mergekit;
using LayerTool.Plans;

namespace LayerTool.Cli.Editing;

/// <summary>Opens the checkpoints that a merge file names, and holds its plan.</summary>
/// <param name="reporter">Told of what differs from mergekit.</param>
/// <param name="file">The merge file.</param>
/// <param name="allowConfigMismatch">Whether the configs of the checkpoints may differ where the shapes fit.</param>
internal sealed class MergeOpener(Reporter reporter, MergeFile file, bool allowConfigMismatch)
{
    private MergePlan? _plan;

    /// <summary>The plan; known once the checkpoints are open.</summary>
    public MergePlan Plan => _plan ?? throw new InvalidOperationException("The checkpoints of the merge are not open yet.");

    /// <summary>Opens the checkpoints: a model whose plan plays the main one as it is.</summary>
    /// <exception cref="Faults.LayerToolException">A checkpoint or a layer is missing, layers do not fit, or the file asks for what no plan is.</exception>
    public OpenModel Open(ModelOpener opener)
    {
        foreach (string note in file.Notes)
        {
            reporter.Warn(note);
        }

        _plan = MergePlan.Of(file, opener.OpenSource);
        foreach (string note in _plan.Notes)
        {
            reporter.Note(note);
        }

        MergeSource main = _plan.Sources[0];
        OpenModel model = new(main.Model, new CheckpointSet(main.Checkpoint), LayerPlan.Identity(main.Checkpoint.Layers.Count))
        {
            Origins = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal).Add(LayerPlan.Main, main.Model),
        };
        foreach (MergeSource source in _plan.Sources[1..])
        {
            model = opener.Add(model, source.Name, source.Model, source.Checkpoint, allowConfigMismatch);
        }

        return model;
    }
}
