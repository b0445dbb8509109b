using LayerTool.Checkpoints;
using LayerTool.Plans;

namespace LayerTool.Cli.Editing;

/// <summary>What a MODEL on the command line stands for: checkpoints, and a plan over them.</summary>
/// <param name="Name">The model as it was named.</param>
/// <param name="Sources">The checkpoints, <c>main</c> first.</param>
/// <param name="Plan">The plan; that of a checkpoint plays its layers as they are.</param>
internal sealed record OpenModel(string Name, CheckpointSet Sources, LayerPlan Plan)
{
    /// <summary>Number of layers of the main checkpoint.</summary>
    public int LayerCount => Sources.Main.Config.LayerCount;
}
