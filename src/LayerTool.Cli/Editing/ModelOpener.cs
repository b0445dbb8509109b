using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Cli.Output;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Saving;

namespace LayerTool.Cli.Editing;

/// <summary>Opens what MODEL on a command line names. Only headers and small files are read.</summary>
/// <param name="reporter">Told of what the user should know of the model.</param>
internal sealed class ModelOpener(Reporter reporter)
{
    /// <summary>Opens a model.</summary>
    /// <param name="model">A folder, a plan file or a repository id.</param>
    /// <exception cref="LayerToolException">It is not there, or not sound.</exception>
    public OpenModel Open(string model) => File.Exists(model) ? OpenPlan(model) : OpenCheckpoint(model);

    /// <summary>Opens another checkpoint that layers are taken from.</summary>
    /// <param name="model">A folder or a repository id.</param>
    public Checkpoint OpenSource(string model)
    {
        Checkpoint checkpoint = Checkpoint.Open(ModelLocation.Find(model));
        checkpoint.Layers.Required(checkpoint.Folder);
        foreach (string note in checkpoint.Notes)
        {
            reporter.Note($"{model}: {note}");
        }

        return checkpoint;
    }

    /// <summary>Where a source of a plan file is. A relative path counts from the plan's own folder, so that both can be moved together.</summary>
    /// <param name="path">Folder or repository id, as the plan file has it.</param>
    /// <param name="planFile">The plan file.</param>
    public static string Locate(string path, string planFile)
    {
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(planFile))!, path);
        return Path.IsPathRooted(path) || !Directory.Exists(beside) ? path : Path.GetRelativePath(".", beside);
    }

    private OpenModel OpenCheckpoint(string model)
    {
        Checkpoint checkpoint = OpenSource(model);
        return new OpenModel(model, new CheckpointSet(checkpoint), LayerPlan.Identity(checkpoint.Layers.Count))
        {
            Origins = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal).Add(LayerPlan.Main, model),
            History = HistoryOf(checkpoint),
        };
    }

    private OpenModel OpenPlan(string file)
    {
        RefuseWeights(file);
        PlanFile plan = PlanJson.ReadFile(file);
        if (plan.Sources.IsEmpty)
        {
            throw new LayerToolException($"{file}: the plan names no sources", $"say which checkpoint it is for: `layertool edit CHECKPOINT --plan {file}`");
        }

        ImmutableDictionary<string, string> origins = plan.Sources.ToImmutableDictionary(
            source => source.Name, source => Locate(source.Path, file), StringComparer.Ordinal);
        CheckpointSet sources = new(OpenSource(origins[LayerPlan.Main]));
        foreach (PlanSource source in plan.Sources.Where(source => source.Name != LayerPlan.Main))
        {
            sources.Add(source.Name, OpenSource(origins[source.Name]));
            sources.CheckCompatible(source.Name, allowConfigMismatch: true); // the user accepted it when the plan was made
        }

        foreach (PlanSource source in plan.Sources.Where(source => IsAnother(source, sources[source.Name])))
        {
            reporter.Warn($"{file}: the source `{source.Name}` is not the checkpoint that the plan was made for: its hash is another");
        }

        OpenModel model = new(file, sources, plan.Plan) { Origins = origins, History = plan.History };
        model.Check(plan.Plan);
        return model;
    }

    private static void RefuseWeights(string file)
    {
        switch (Path.GetExtension(file).ToUpperInvariant())
        {
            case ".SAFETENSORS":
                throw new LayerToolException($"{file}: is a weight file, expected the folder of a checkpoint", "name the folder that holds it and config.json");
            case ".GGUF":
                throw new LayerToolException($"{file}: is a GGUF file, which LayerTool does not read", "take the model's safetensors form");
            case ".BIN" or ".PT" or ".PTH" or ".CKPT" or ".PKL":
                throw new LayerToolException($"{file}: holds pickled weights, and reading those runs whatever code is in them", "take the model's safetensors form");
        }
    }

    // A full hash takes minutes: it is compared where it is asked for.
    private static bool IsAnother(PlanSource source, Checkpoint checkpoint) =>
        source.Hash is string hash && !CheckpointHash.IsFull(hash) && hash != CheckpointHash.Quick(checkpoint);

    // A checkpoint that was changed after it was written is no longer what its plan file tells of.
    private ImmutableArray<PlanHistoryEntry> HistoryOf(Checkpoint checkpoint)
    {
        string file = Path.Combine(checkpoint.Folder, Provenance.FileName);
        if (Provenance.Difference(checkpoint) is string difference)
        {
            reporter.Note(difference);
            return [];
        }

        return File.Exists(file) ? PlanJson.ReadFile(file).History : [];
    }
}
