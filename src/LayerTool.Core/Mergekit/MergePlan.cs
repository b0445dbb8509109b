using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Plans;

namespace LayerTool.Mergekit;

/// <summary>A merge file as a plan of layers.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Sources">The checkpoints, the main one first.</param>
/// <param name="Notes">What differs from the checkpoint that mergekit would write, one sentence each.</param>
public sealed record MergePlan(LayerPlan Plan, ImmutableArray<MergeSource> Sources, ImmutableArray<string> Notes)
{
    /// <summary>Makes the plan of a merge file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="open">Opens a checkpoint by the folder or repository id that the file names.</param>
    /// <exception cref="Faults.LayerToolException">A checkpoint or a layer is not there, or a scale stands where no plan has a gain.</exception>
    public static MergePlan Of(MergeFile file, Func<string, Checkpoint> open)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(open);
        return new MergePlanner(file, open).Plan();
    }
}
