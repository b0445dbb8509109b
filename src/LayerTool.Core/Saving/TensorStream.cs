using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>Brings tensors from the sources into a weight file, piece by piece: memory does not grow with the model.</summary>
internal sealed class TensorStream : ITensorContents
{
    private const int ChunkBytes = 1 << 20; // fewer calls; as large, source and target need not lie alike on their pages

    private readonly TensorReader _reader;
    private readonly byte[] _read = GC.AllocateUninitializedArray<byte>(ChunkBytes);
    private readonly byte[] _scaled = GC.AllocateUninitializedArray<byte>(2 * ChunkBytes); // a cast at most doubles

    /// <summary>Of the tensors of checkpoints.</summary>
    public TensorStream(CheckpointSet sources)
        : this(sources.SelectMany(source => source.Value.Files))
    {
    }

    /// <summary>Of the tensors of files; one may be named twice.</summary>
    public TensorStream(IEnumerable<SafetensorsHeader> files)
    {
        _reader = new TensorReader(files.DistinctBy(file => file.File));
    }

    /// <inheritdoc />
    public void Write(OutputTensor tensor, SafetensorsWriter writer, Action<int> wrote, CancellationToken cancellation)
    {
        if (tensor.IsZero)
        {
            WriteZeros(tensor.ByteCount, writer, wrote, cancellation);
            return;
        }

        if (tensor.Update is not null)
        {
            MergedTensor.Write(tensor, piece =>
            {
                cancellation.ThrowIfCancellationRequested();
                writer.Write(piece);
                wrote(piece.Length);
            });
            return;
        }

        for (long position = 0; position < tensor.Source.ByteCount; position += ChunkBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<byte> read = _read.AsSpan(0, (int)Math.Min(ChunkBytes, tensor.Source.ByteCount - position));
            _reader.Read(tensor.Source, position, read);
            ReadOnlySpan<byte> written = tensor.IsCopy ? read : Scaled(tensor, position, read);
            writer.Write(written);
            wrote(written.Length);
        }
    }

    /// <inheritdoc />
    public void RequireUnchanged() => _reader.RequireUnchanged();

    /// <inheritdoc />
    public void Dispose() => _reader.Dispose();

    private ReadOnlySpan<byte> Scaled(OutputTensor tensor, long position, ReadOnlySpan<byte> read)
    {
        TensorDtype from = tensor.Source.Dtype;
        Span<byte> scaled = _scaled.AsSpan(0, read.Length / (from.Bits / 8) * (tensor.Dtype.Bits / 8));
        int overflow = TensorScaling.Apply(read, from, scaled, tensor.Dtype, (float)tensor.Gain, tensor.Place == GainPlace.WeightPlusOne ? 1 : 0);
        return overflow < 0
            ? scaled
            : throw new LayerToolException(
                $"tensor {Quoted.Text(tensor.Source.Name)} of {tensor.Source.File}: element {(position / (from.Bits / 8)) + overflow} does not fit {tensor.Dtype} {(tensor.Gain == 1 ? "when cast" : "when multiplied")}",
                    tensor.Gain == 1 ? "save in a wider type" : "take a smaller gain");
    }

    private void WriteZeros(long count, SafetensorsWriter writer, Action<int> wrote, CancellationToken cancellation)
    {
        _read.AsSpan().Clear();
        while (count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            int piece = (int)Math.Min(ChunkBytes, count);
            writer.Write(_read.AsSpan(0, piece));
            wrote(piece);
            count -= piece;
        }
    }
}
