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
    /// <summary>Finds what stands against writing the plan before anything long is begun.</summary>
    /// <returns>What will be written.</returns>
    /// <exception cref="Faults.LayerToolException">No format can hold the plan, or the folder may not be written.</exception>
    public SavePlan Check(LayerPlan plan, CancellationToken cancellation)
    {
        OutputPlace.Check(folder, model.Sources.Select(source => source.Value.Folder), request.Force);
        return SavePlan.Create(model.Sources, plan, request.Format, cancellation);
    }

    /// <summary>Writes the checkpoint.</summary>
    /// <exception cref="Faults.LayerToolException">It cannot be written; nothing is left.</exception>
    public SavedSection Write(LayerPlan plan, SavePlan prepared, PlanScores? scores, CancellationToken cancellation)
    {
        SaveOptions options = new(folder)
        {
            Format = request.Format,
            ShardBytes = request.ShardSizeBytes ?? SaveOptions.DefaultShardBytes,
            Force = request.Force,
            Record = PlanFileBuilder.Build(model, plan, services.Arguments, Path.GetFullPath(folder)) with { Scores = scores },
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
