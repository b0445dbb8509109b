using LayerTool.Cli.Options;
using LayerTool.Tensors;

namespace LayerTool.Cli.Editing;

/// <summary>What every command that edits layers is asked for, beside the edit itself.</summary>
/// <param name="Model">A folder, a plan file or a repository id; null where the command finds its checkpoints elsewhere.</param>
/// <param name="Adapters">Adapters that the model runs with.</param>
/// <param name="Out">What becomes of the plan.</param>
/// <param name="Eval">What it is measured on.</param>
/// <param name="Calibration">What layers are chosen by, where the verb chooses.</param>
/// <param name="Compute">Where and how it is computed.</param>
internal sealed record EditRequest(
    string? Model, IReadOnlyList<NamedSource> Adapters, OutRequest Out, EvalRequest Eval, CalibrationRequest Calibration, ComputeSettings Compute)
{
    /// <summary>Whether the plan is only shown: asked for by name, or because nothing else is asked for.</summary>
    public bool OnlyShows => Out.DryRun || (Out.Folder is null && Out.PlanFile is null && !Eval.Measures);
}
