using System.Buffers.Binary;
using System.Collections.Immutable;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Safetensors;

/// <summary>
/// Writes one safetensors file in the layout of the reference writer: all tensors are declared first, then their bytes are
/// streamed in the order of <see cref="Tensors"/>. The same input gives the same bytes. Writing aside and renaming is the
/// caller's business; a writer that is disposed before <see cref="Finish"/> removes its file.
/// </summary>
public sealed class SafetensorsWriter : IDisposable
{
    private const int BufferBytes = 1 << 16; // for the many small tensors; larger pieces go past it

    private readonly FileStream _stream;
    private readonly long _fileSize;
    private long _sentToDisk;
    private bool _finished;

    private SafetensorsWriter(string file, FileStream stream, ImmutableArray<TensorEntry> tensors, long fileSize)
    {
        File = file;
        _stream = stream;
        Tensors = tensors;
        _fileSize = fileSize;
    }

    /// <summary>Full path of the file.</summary>
    public string File { get; }

    /// <summary>The tensors in the order in which their bytes are due: widest type first, then by name.</summary>
    public ImmutableArray<TensorEntry> Tensors { get; }

    /// <summary>Declares all tensors of a file and writes its header.</summary>
    /// <param name="file">The file; it must not exist.</param>
    /// <param name="tensors">The tensors, in any order, no name twice.</param>
    /// <param name="metadata">Pairs of <c>__metadata__</c>; <c>format</c>, which loaders demand, is added where it is missing.</param>
    /// <exception cref="LayerToolException">The file cannot be written.</exception>
    public static SafetensorsWriter Create(string file, IEnumerable<TensorDeclaration> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        string path = Path.GetFullPath(file);
        ImmutableArray<TensorDeclaration> ordered = InLayout(tensors);
        byte[] header = HeaderText.Write(ordered, WithFormat(metadata ?? ImmutableDictionary<string, string>.Empty));
        if (header.Length > SafetensorsHeader.LongestHeader)
        {
            throw new LayerToolException(
                $"{path}: the header of {ordered.Length} tensors would have {header.Length} bytes, at most {SafetensorsHeader.LongestHeader} are allowed",
                "write more and smaller shards: `--shard-size`");
        }

        long position = SafetensorsHeader.PrefixBytes + header.Length;
        ImmutableArray<TensorEntry>.Builder entries = ImmutableArray.CreateBuilder<TensorEntry>(ordered.Length);
        foreach (TensorDeclaration tensor in ordered)
        {
            entries.Add(new TensorEntry(tensor.Name, tensor.Dtype, tensor.Shape, path, position, tensor.ByteCount));
            position += tensor.ByteCount;
        }

        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, BufferBytes);
            SafetensorsWriter writer = new(path, stream, entries.MoveToImmutable(), position);
            Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header);
            return writer;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (stream is not null)
            {
                Remove(path, stream);
            }

            throw FileFault.Unwritable(path, fault);
        }
    }

    /// <summary>The order of the reference writer.</summary>
    internal static ImmutableArray<TensorDeclaration> InLayout(IEnumerable<TensorDeclaration> tensors) =>
        [.. tensors.OrderByDescending(tensor => tensor.Dtype.Order).ThenBy(tensor => tensor.Name, Utf8Order.Comparer)];

    /// <summary>Writes the next bytes: of the first tensor from its first byte on, and so through all of <see cref="Tensors"/>.</summary>
    /// <exception cref="LayerToolException">The disk is full, or the file cannot be written for another reason.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_stream.Position + bytes.Length > _fileSize)
        {
            throw new InvalidOperationException($"More bytes than the tensors of {File} have.");
        }

        try
        {
            _stream.Write(bytes);
            SendToDisk();
        }
        catch (IOException fault)
        {
            throw FileFault.Unwritable(File, fault);
        }
    }

    /// <summary>Checks that every byte was written, has the disk take them, and closes the file.</summary>
    /// <exception cref="LayerToolException">The disk is full, or the file cannot be written for another reason.</exception>
    public void Finish()
    {
        if (_stream.Position != _fileSize)
        {
            throw new InvalidOperationException($"{File} lacks {_fileSize - _stream.Position} of its {_fileSize} bytes.");
        }

        try
        {
            _stream.Flush(flushToDisk: true);
            _stream.Dispose();
        }
        catch (IOException fault)
        {
            throw FileFault.Unwritable(File, fault);
        }

        _finished = true;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!_finished)
        {
            _finished = true;
            Remove(File, _stream);
        }
    }

    private void SendToDisk()
    {
        if (_stream.Position - _sentToDisk >= Writeback.Step)
        {
            Writeback.Start(_stream.SafeFileHandle, _sentToDisk, _stream.Position - _sentToDisk);
            _sentToDisk = _stream.Position;
        }
    }

    private static OrderedDictionary<string, string> WithFormat(IReadOnlyDictionary<string, string> metadata)
    {
        OrderedDictionary<string, string> complete = new(StringComparer.Ordinal);
        if (!metadata.ContainsKey("format"))
        {
            complete.Add("format", "pt");
        }

        foreach ((string key, string value) in metadata)
        {
            complete.Add(key, value);
        }

        return complete;
    }

    private static void Remove(string file, FileStream stream)
    {
        try
        {
            stream.Dispose();
        }
        catch (IOException)
        {
            // What is left in the buffer has nowhere to go; the file is removed all the same.
        }

        System.IO.File.Delete(file);
    }
}
