using LayerTool.Faults;
using LayerTool.Files;
using Microsoft.Win32.SafeHandles;

namespace LayerTool.Safetensors;

/// <summary>
/// Reads the bytes of tensors by position into the caller's buffer: nothing is mapped, so memory stays as small as the buffer.
/// A file is opened when it is first needed; one that has changed since its header was read is refused. Safe for use by
/// several threads.
/// </summary>
public sealed class TensorReader : IDisposable
{
    private readonly Dictionary<string, SafetensorsHeader> _headers;
    private readonly Dictionary<string, FileStream> _open = new(StringComparer.Ordinal);
    private readonly Lock _opening = new();

    /// <summary>Makes a reader of those files.</summary>
    public TensorReader(IEnumerable<SafetensorsHeader> files) =>
        _headers = files.ToDictionary(header => header.File, StringComparer.Ordinal);

    /// <summary>Fills the whole buffer with bytes of a tensor.</summary>
    /// <param name="tensor">A tensor of one of the files.</param>
    /// <param name="position">The first byte wanted, counted from the tensor's start.</param>
    /// <param name="buffer">Where they go; position + length is at most the tensor's size.</param>
    /// <exception cref="LayerToolException">The file cannot be read, or is not the one whose header was read.</exception>
    public void Read(TensorEntry tensor, long position, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, tensor.ByteCount - buffer.Length);
        SafeFileHandle handle = Handle(tensor.File);
        try
        {
            while (!buffer.IsEmpty)
            {
                int count = RandomAccess.Read(handle, buffer, tensor.Offset + position);
                if (count == 0)
                {
                    throw FileFault.Shortened(tensor.File, $"tensor {Quoted.Text(tensor.Name)}");
                }

                position += count;
                buffer = buffer[count..];
            }
        }
        catch (IOException fault)
        {
            throw FileFault.Unreadable(tensor.File, fault);
        }
    }

    /// <summary>Refuses all that was read so far if a file it came from was written to meanwhile.</summary>
    /// <exception cref="LayerToolException">One was.</exception>
    public void RequireUnchanged()
    {
        lock (_opening)
        {
            foreach (string file in _open.Keys)
            {
                _headers[file].RequireUnchanged();
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_opening)
        {
            foreach (FileStream file in _open.Values)
            {
                file.Dispose();
            }

            _open.Clear();
        }
    }

    private SafeFileHandle Handle(string file)
    {
        lock (_opening)
        {
            if (!_open.TryGetValue(file, out FileStream? stream))
            {
                stream = _headers[file].OpenUnchanged();
                _open.Add(file, stream);
            }

            return stream.SafeFileHandle;
        }
    }
}
