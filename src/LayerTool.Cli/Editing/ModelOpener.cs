using LayerTool.Checkpoints;
using LayerTool.Plans;

namespace LayerTool.Cli.Editing;

/// <summary>Opens what MODEL on a command line names.</summary>
internal static class ModelOpener
{
    /// <summary>Opens a model. Only headers and small files are read.</summary>
    /// <exception cref="Faults.LayerToolException">It is not there, or not sound.</exception>
    public static OpenModel Open(string model)
    {
        Checkpoint checkpoint = Checkpoint.Open(model);
        return new OpenModel(model, new CheckpointSet(checkpoint), LayerPlan.Identity(checkpoint.Config.LayerCount));
    }
}
