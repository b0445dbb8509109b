using System.Collections.Immutable;
using System.Text;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Tensors;

namespace LayerTool.Saving;

/// <summary>
/// Writes a plan as a checkpoint that stock tools load, tensor by tensor in constant memory. The folder is written aside and takes
/// its name when all of it is on the disk: a run that fails or is stopped leaves nothing.
/// </summary>
public static class CheckpointSaver
{
    /// <summary>Writes the checkpoint.</summary>
    /// <param name="sources">The checkpoints that the plan takes layers from.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="progress">Told of the bytes written.</param>
    /// <param name="cancellation">Looked at before each piece.</param>
    /// <exception cref="LayerToolException">The plan fits no format, the folder may not be written, or the disk is full.</exception>
    /// <exception cref="OperationCanceledException">Stopped; nothing is left.</exception>
    public static SaveResult Save(CheckpointSet sources, LayerPlan plan, SaveOptions options, IProgress<Step>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Save(sources, plan, SavePlan.Create(sources, plan, options, progress, cancellation), options, progress, cancellation);
    }

    /// <summary>Writes the checkpoint of a plan that was worked out before; else as the other.</summary>
    /// <param name="sources">The checkpoints that the plan takes layers from.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="saved">What was worked out for it from the same sources.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="progress">Told of the bytes written.</param>
    /// <param name="cancellation">Looked at before each piece of a few megabytes.</param>
    /// <param name="extras">What the checkpoint has that the plan does not say; null for none.</param>
    internal static SaveResult Save(
        CheckpointSet sources, LayerPlan plan, SavePlan saved, SaveOptions options, IProgress<Step>? progress, CancellationToken cancellation, ICheckpointExtras? extras = null)
    {
        string target = OutputPlace.Check(options.Folder, sources.Select(source => source.Value.Folder), options.Force);
        ImmutableArray<CarriedFile> carried = CarriedFiles.Of(sources.Main.Folder, saved.TokenizerFolder);
        long needed = saved.TotalBytes + CarriedFiles.TotalBytes(carried) + (extras?.Bytes ?? 0) + (saved.Adapter?.Bytes ?? 0);
        DiskFault.CheckRoom(target, needed);
        try
        {
            if (saved.Tensors.Any(tensor => tensor.Update is not null))
            {
                TorchHost.Start(options.Compute);
            }

            using StagedFolder staged = StagedFolder.Create(target, options.Force);
            ImmutableArray<Shard> shards = Shard.Deal(saved.Tensors, options.ShardBytes);
            using WeightOutput weights = new(saved, shards, staged.Folder);
            using (ITensorContents contents = extras?.OpenContents() ?? new TensorStream([.. sources.SelectMany(source => source.Value.Files), .. saved.AdapterFiles]))
            {
                weights.Write(contents, progress, cancellation);
            }

            if (shards.Length > 1)
            {
                WriteText(staged.Folder, ShardIndex.FileName, Shard.Index(shards, saved));
            }

            WriteFile(staged.Folder, Checkpoint.ConfigFileName, saved.Config);
            extras?.Write(staged.Folder, cancellation);
            WriteText(staged.Folder, Provenance.FileName, extras?.Provenance ?? Provenance.Write(sources, plan, saved, options));
            if (carried.All(file => file.Name != ModelCard.FileName))
            {
                WriteText(staged.Folder, ModelCard.FileName, ModelCard.Write(sources, plan, saved, options.Command));
            }

            Carry(carried, saved, staged.Folder, cancellation);
            saved.Adapter?.Write(Path.Combine(staged.Folder, AdapterOutput.FolderName), cancellation);
            cancellation.ThrowIfCancellationRequested();
            weights.Finish();
            staged.Commit();
            return new SaveResult(target, saved.Format, saved.TotalBytes, saved.TotalParameters, [.. shards.Select(shard => shard.FileName)], [.. carried.Select(file => file.Name)], saved.Notes);
        }
        catch (Exception fault) when (DiskFault.Explain(fault, target, needed) is LayerToolException explained)
        {
            throw explained;
        }
    }

    private static void Carry(ImmutableArray<CarriedFile> files, SavePlan saved, string to, CancellationToken cancellation)
    {
        foreach (CarriedFile file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            if (saved.RewrittenFiles.TryGetValue(file.Name, out ReadOnlyMemory<byte> contents))
            {
                WriteFile(to, file.Name, contents);
                continue;
            }

            string target = Path.Combine(to, file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using FileStream copy = new(target, FileMode.CreateNew, FileAccess.Write);
            CarriedFiles.Copy(file.Path, copy, cancellation);
        }
    }

    private static void WriteText(string folder, string name, string text) => WriteFile(folder, name, Encoding.UTF8.GetBytes(text));

    private static void WriteFile(string folder, string name, ReadOnlyMemory<byte> bytes)
    {
        using FileStream stream = new(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write);
        stream.Write(bytes.Span);
    }
}
