using LayerTool.Checkpoints;
using LayerTool.Plans;
using LayerTool.Progress;

namespace LayerTool.Cli.Measuring;

/// <summary>
/// The hash by which scores know their model. It reads the weights: models that differ by training alone have equal headers and
/// sizes, and each other's scores would be taken without a word.
/// </summary>
internal static class ModelHash
{
    /// <summary>Hash of the sources that a plan uses; with several, each after its name.</summary>
    public static string Of(CheckpointSet sources, LayerPlan plan, IProgress<Step> progress, CancellationToken cancellation) =>
        Of(sources, [plan], progress, cancellation);

    /// <summary>Hash of the sources that any of several plans uses.</summary>
    public static string Of(CheckpointSet sources, IEnumerable<LayerPlan> plans, IProgress<Step> progress, CancellationToken cancellation)
    {
        HashSet<string> used = [.. plans.SelectMany(plan => (string[])[plan.EmbeddingSource, plan.HeadSource, .. plan.Slots.Select(slot => slot.Source)])];
        string[] hashes =
        [
            .. sources.Where(source => used.Contains(source.Key)).Select(source => (source.Key, Hash: CheckpointHash.Full(source.Value, progress, cancellation)))
                .Select(source => used.Count == 1 ? source.Hash : $"{source.Key}={source.Hash}"),
        ];
        return string.Join(' ', hashes);
    }
}
