using System.Buffers.Binary;
using System.Collections.Immutable;
using LayerTool.Faults;
using LayerTool.Files;
using Microsoft.Win32.SafeHandles;

namespace LayerTool.Safetensors;

/// <summary>The parsed and checked header of one safetensors file.</summary>
/// <param name="File">Full path.</param>
/// <param name="Tensors">The tensors in the order of their offsets.</param>
/// <param name="Metadata">The <c>__metadata__</c> map, in the order of the file; empty where absent.</param>
/// <param name="FileSize">Size of the whole file in bytes.</param>
public sealed record SafetensorsHeader(string File, ImmutableArray<TensorEntry> Tensors, IReadOnlyDictionary<string, string> Metadata, long FileSize)
{
    /// <summary>The longest header that the format allows, in bytes.</summary>
    public const long LongestHeader = 100_000_000;

    /// <summary>More tensors in one file than any model has: a header with more is refused before it fills the memory.</summary>
    public const int MostTensors = 500_000;

    internal const int PrefixBytes = sizeof(ulong);

    internal const string Again = "fetch the file again";

    /// <summary>Position of the first tensor's first byte, counted from the file's start.</summary>
    public long DataStart { get; init; }

    /// <summary>When the file was last written, by which a later change is noticed.</summary>
    public DateTime LastWriteUtc { get; init; }

    /// <summary>Reads and checks the header of a file; the data are not touched.</summary>
    /// <remarks>
    /// The checks are those of the format's reference parser: length, JSON, names, types, shapes, and that the tensors cover the
    /// data from the first byte to the last without gap or overlap.
    /// </remarks>
    /// <exception cref="LayerToolException">The file is not there, or is not a sound safetensors file.</exception>
    public static SafetensorsHeader Read(string file)
    {
        string path = Path.GetFullPath(file);
        try
        {
            using SafeFileHandle handle = System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return Read(path, handle);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw FileFault.Unreadable(path, fault);
        }
    }

    /// <summary>Opens the file again for reading its bytes; one that was written to in between is refused.</summary>
    internal FileStream OpenUnchanged()
    {
        FileStream? stream = null;
        try
        {
            stream = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            return stream.Length == FileSize && System.IO.File.GetLastWriteTimeUtc(stream.SafeFileHandle) == LastWriteUtc
                ? stream
                : throw Changed();
        }
        catch (Exception fault)
        {
            stream?.Dispose();
            if (fault is IOException or UnauthorizedAccessException)
            {
                throw FileFault.Unreadable(File, fault);
            }

            throw;
        }
    }

    /// <summary>Refuses what was computed or copied from the file if it was written to, or replaced, since its header was read.</summary>
    /// <exception cref="LayerToolException">It was, or it is gone.</exception>
    internal void RequireUnchanged()
    {
        FileInfo file = new(File);
        if (!file.Exists || file.Length != FileSize || file.LastWriteTimeUtc != LastWriteUtc)
        {
            throw Changed();
        }
    }

    private LayerToolException Changed() =>
        new($"{File}: has changed since it was opened", "run the command again when nothing writes to it");

    private static SafetensorsHeader Read(string file, SafeFileHandle handle)
    {
        long size = RandomAccess.GetLength(handle);
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        if (ReadFully(handle, prefix, 0) < PrefixBytes)
        {
            throw new LayerToolException(
                $"{file}: has {size} bytes, too few for a safetensors file, which starts with the 8-byte length of its header",
                Again);
        }

        if (prefix.SequenceEqual("version "u8))
        {
            throw new LayerToolException($"{file}: is a Git LFS pointer, not the weights themselves", "run `git lfs pull` in its folder");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader)
        {
            throw new LayerToolException($"{file}: says that its header has {length} bytes, at most {LongestHeader} are allowed: not a safetensors file", Again);
        }

        if (PrefixBytes + (long)length > size)
        {
            throw new LayerToolException($"{file}: says that its header has {length} bytes, but the whole file has {size}", Again);
        }

        byte[] text = new byte[length];
        if (ReadFully(handle, text, PrefixBytes) < text.Length)
        {
            throw FileFault.Shortened(file, "its header");
        }

        HeaderParser parser = new(file, PrefixBytes + text.Length);
        parser.Parse(text);
        return new SafetensorsHeader(file, HeaderLayout.Check(file, parser.Tensors, PrefixBytes + text.Length, size), parser.Metadata, size)
        {
            DataStart = PrefixBytes + text.Length,
            LastWriteUtc = System.IO.File.GetLastWriteTimeUtc(handle),
        };
    }

    private static int ReadFully(SafeFileHandle handle, Span<byte> buffer, long position)
    {
        int filled = 0;
        while (filled < buffer.Length)
        {
            int count = RandomAccess.Read(handle, buffer[filled..], position + filled);
            if (count == 0)
            {
                break;
            }

            filled += count;
        }

        return filled;
    }
}
