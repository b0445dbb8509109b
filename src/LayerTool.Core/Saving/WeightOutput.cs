using System.Collections.Immutable;
using LayerTool.Faults;
using LayerTool.Progress;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>
/// The weight files of a checkpoint that is being written. The last one is flushed by <see cref="Finish"/>, so that whatever else
/// is to be written can be written while the disk still works.
/// </summary>
/// <param name="plan">What is written.</param>
/// <param name="shards">How it is dealt out.</param>
/// <param name="folder">Where.</param>
internal sealed class WeightOutput(SavePlan plan, ImmutableArray<Shard> shards, string folder) : IDisposable
{
    private SafetensorsWriter? _open;

    /// <summary>Writes all tensors.</summary>
    /// <param name="contents">Where their bytes come from.</param>
    /// <param name="progress">Told of the bytes written.</param>
    /// <param name="cancellation">Looked at before each piece.</param>
    /// <exception cref="LayerToolException">A source cannot be read, or a file cannot be written.</exception>
    public void Write(ITensorContents contents, IProgress<Step>? progress, CancellationToken cancellation)
    {
        long total = plan.TotalBytes;
        long done = 0;
        foreach (Shard shard in shards)
        {
            Finish();
            Dictionary<string, OutputTensor> byName = shard.Tensors.ToDictionary(tensor => tensor.Name);
            _open = SafetensorsWriter.Create(
                Path.Combine(folder, shard.FileName),
                shard.Tensors.Select(tensor => new TensorDeclaration(tensor.Name, tensor.Dtype, tensor.Source.Shape)));
            foreach (TensorEntry due in _open.Tensors)
            {
                contents.Write(byName[due.Name], _open, count => progress?.Report(new Step("writing", done += count, total, "bytes")), cancellation);
            }
        }

        contents.RequireUnchanged();
    }

    /// <summary>Has the disk take what is still on its way.</summary>
    /// <exception cref="LayerToolException">The file cannot be written.</exception>
    public void Finish()
    {
        _open?.Finish();
        _open = null;
    }

    /// <inheritdoc />
    public void Dispose() => _open?.Dispose();
}
