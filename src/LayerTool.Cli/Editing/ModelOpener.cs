using System.Collections.Immutable;
using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Saving;

namespace LayerTool.Cli.Editing;

/// <summary>Opens what MODEL on a command line names. Only headers and small files are read.</summary>
/// <param name="reporter">Told of what the user should know of the model.</param>
internal sealed class ModelOpener(Reporter reporter)
{
    /// <summary>The folder whose tokenizer and chat template a model has. Such files alone are no checkpoint, so a folder is taken as it is.</summary>
    public static string TokenizerFolder(Reporter reporter, string model) =>
        Directory.Exists(model) ? model : new ModelOpener(reporter).Open(model).Sources.Main.Folder;

    /// <summary>Opens a model.</summary>
    /// <param name="model">A folder, a plan file or a repository id.</param>
    /// <param name="adapters">Adapters that it runs with; null for those that a plan file brings along.</param>
    /// <exception cref="LayerToolException">It is not there, or not sound, or an adapter does not fit.</exception>
    public OpenModel Open(string model, IReadOnlyList<NamedSource>? adapters = null) => Adapt(File.Exists(model) ? OpenPlan(model) : OpenFolder(model), adapters ?? []);

    /// <summary>Gives a model adapters of the command line.</summary>
    /// <exception cref="LayerToolException">One is not there, not sound, or does not fit.</exception>
    public static OpenModel Adapt(OpenModel model, IReadOnlyList<NamedSource> adapters)
    {
        foreach (NamedSource adapter in adapters)
        {
            model.Adapters.AddWhole(adapter.Name, PeftFolder.Open(adapter.Model));
            model = model with { AdapterOrigins = model.AdapterOrigins.SetItem(adapter.Name, adapter.Model), GivenAdapters = model.GivenAdapters.Add(adapter.Name) };
        }

        return model with { Plan = model.Adapted(model.Plan) };
    }

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

    /// <summary>Adds a checkpoint that a plan may take layers from; what differs and was accepted is said.</summary>
    /// <param name="model">The model that it is added to.</param>
    /// <param name="name">Its name in the plan.</param>
    /// <param name="origin">A folder or a repository id.</param>
    /// <param name="allowConfigMismatch">Whether its config may differ where the shapes fit.</param>
    /// <param name="howToAllow">How the user says so, for the hint.</param>
    /// <exception cref="LayerToolException">It is not there, its layers do not fit, or the name is taken.</exception>
    public OpenModel Add(OpenModel model, string name, string origin, bool allowConfigMismatch, string howToAllow = LayerCompatibility.OptionToAllow) =>
        Add(model, name, origin, OpenSource(origin), allowConfigMismatch, howToAllow);

    /// <summary>Adds a checkpoint that is open already; else as the other.</summary>
    /// <inheritdoc cref="Add(OpenModel, string, string, bool, string)" />
    public OpenModel Add(OpenModel model, string name, string origin, Checkpoint checkpoint, bool allowConfigMismatch, string howToAllow = LayerCompatibility.OptionToAllow)
    {
        model.Sources.Add(name, checkpoint);
        LayerCompatibility compatibility = model.Sources.CheckCompatible(name, allowConfigMismatch, howToAllow);
        foreach (FieldDifference difference in compatibility.Config)
        {
            reporter.Warn($"`{difference.Field}` is {difference.Other} in `{name}`, its layers now run with {difference.Main}");
        }

        foreach (string note in compatibility.Notes)
        {
            reporter.Note(note);
        }

        return model with
        {
            Origins = model.Origins.Add(name, origin),
            Mismatched = compatibility.Config.IsEmpty ? model.Mismatched : model.Mismatched.Add(name),
        };
    }

    /// <summary>Adds what a plan file brings along: the sources that are not there yet, and the commands that led to the plan.</summary>
    /// <param name="model">The model, its main checkpoint open.</param>
    /// <param name="plan">What the file holds.</param>
    /// <param name="file">The file.</param>
    /// <param name="allowConfigMismatch">Whether the config of every source may differ, or only of those that the file says it of.</param>
    /// <exception cref="LayerToolException">A source is missing, or its layers do not fit.</exception>
    public OpenModel Join(OpenModel model, PlanFile plan, string file, bool allowConfigMismatch = false)
    {
        foreach (PlanSource source in plan.Sources.Where(source => model.Sources.Find(source.Name) is null))
        {
            model = Add(
                model,
                source.Name,
                Locate(source.Path, file),
                allowConfigMismatch || source.AllowConfigMismatch,
                $"`\"allowConfigMismatch\": true` beside the path of `{source.Name}` in {file}");
        }

        foreach ((string name, PlanAdapter adapter) in plan.Adapters)
        {
            string folder = Locate(adapter.Path, file);
            if (model.Adapters.Find(name) is not (PeftFolder known, int range) || range != adapter.Range || known.Folder != Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))
            {
                model.Adapters.Add(name, PeftFolder.Open(folder), adapter.Range);
            }

            model = model with { AdapterOrigins = model.AdapterOrigins.SetItem(name, folder) };
        }

        foreach (PlanSource source in plan.Sources.Where(source => IsAnother(source, model.Sources[source.Name])))
        {
            reporter.Warn($"{file}: the source `{source.Name}` is not the checkpoint that the plan was made for: its hash is another");
        }

        // A plan file tells its way from the beginning, so its steps take the place of the checkpoint's own.
        return plan.History.IsEmpty ? model : model with { History = plan.History };
    }

    /// <summary>Where a source of a plan file is. A relative path counts from the plan's own folder, so that both can be moved together.</summary>
    /// <param name="path">Folder or repository id, as the plan file has it.</param>
    /// <param name="planFile">The plan file.</param>
    private static string Locate(string path, string planFile)
    {
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(planFile))!, path);
        return Path.IsPathRooted(path) || !Directory.Exists(beside) ? path : Path.GetRelativePath(".", beside);
    }

    // Layers that are tied are whole only as their own plan plays them.
    private OpenModel OpenFolder(string model) =>
        Provenance.TiedPlan(ModelLocation.Find(model)) is string plan ? OpenPlan(plan) with { Name = model } : OpenCheckpoint(model);

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

        OpenModel model = Join(OpenCheckpoint(Locate(plan.Sources[0].Path, file)) with { Name = file, Plan = plan.Plan }, plan, file);
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
