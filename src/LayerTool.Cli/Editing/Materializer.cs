using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Plans;
using LayerTool.Saving;

namespace LayerTool.Cli.Editing;

/// <summary>Writes a plan as a checkpoint, where the request names a folder for it.</summary>
/// <param name="services">Reporter, and the command line for provenance.</param>
/// <param name="model">The sources.</param>
/// <param name="folder">The folder to make.</param>
/// <param name="request">How it is written.</param>
internal sealed class Materializer(Services services, OpenModel model, string folder, OutRequest request)
{
    /// <summary>The folder to make.</summary>
    public string Folder => folder;

    /// <summary>Finds what stands against writing the plan before anything long is begun.</summary>
    /// <returns>What will be written.</returns>
    /// <exception cref="Faults.LayerToolException">No format can hold the plan, or the folder may not be written.</exception>
    public SavePlan Check(LayerPlan plan, CancellationToken cancellation)
    {
        OutputPlace.Check(folder, model.Sources.Select(source => source.Value.Folder), request.Force);
        using ProgressLine progress = services.Reporter.StartProgress();
        return SavePlan.Create(model.Sources, plan, request.Choices, progress, cancellation);
    }

    /// <summary>Writes the checkpoint.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="prepared">What <see cref="Check"/> found.</param>
    /// <param name="record">The plan file that goes with it.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    /// <exception cref="Faults.LayerToolException">It cannot be written; nothing is left.</exception>
    public SavedSection Write(LayerPlan plan, SavePlan prepared, PlanFile record, CancellationToken cancellation)
    {
        SaveOptions options = new(folder)
        {
            Format = request.Choices.Format,
            Dtype = request.Choices.Dtype,
            TokenizerFrom = request.Choices.TokenizerFrom,
            Adapters = request.Choices.Adapters,
            MergeAdapters = request.Choices.MergeAdapters,
            Compute = request.Choices.Compute,
            ShardBytes = request.ShardSizeBytes ?? SaveOptions.DefaultShardBytes,
            Force = request.Force,
            Record = record,
            Command = ["layertool", .. services.Arguments],
        };
        SaveResult saved;
        using (ProgressLine progress = services.Reporter.StartProgress())
        {
            saved = CheckpointSaver.Save(model.Sources, plan, prepared, options, progress, cancellation);
        }

        foreach (string note in saved.Notes)
        {
            services.Reporter.Note(note);
        }

        return new SavedSection(folder, saved);
    }
}
