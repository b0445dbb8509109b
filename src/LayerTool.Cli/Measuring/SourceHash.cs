using LayerTool.Checkpoints;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;

namespace LayerTool.Cli.Measuring;

/// <summary>The hash of a checkpoint as the command line asks for it.</summary>
internal static class SourceHash
{
    /// <summary>Makes it; a full one reads the weights, and shows how far it is.</summary>
    public static string Of(Checkpoint checkpoint, HashKind kind, Reporter reporter, CancellationToken cancellation)
    {
        if (kind == HashKind.Quick)
        {
            return CheckpointHash.Quick(checkpoint);
        }

        using ProgressLine progress = reporter.StartProgress();
        return CheckpointHash.Full(checkpoint, progress, cancellation);
    }
}
