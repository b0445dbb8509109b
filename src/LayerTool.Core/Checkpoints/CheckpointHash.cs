using System.Buffers.Binary;
using System.Security.Cryptography;
using LayerTool.Faults;
using LayerTool.Files;
using LayerTool.Progress;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>
/// A checkpoint's hash, by which a plan notices that a source is not the one it was made for. The quick form is SHA-256 over the
/// header and the size of each weight file; the full form reads the weights too. The two never compare equal.
/// </summary>
public static class CheckpointHash
{
    private const string QuickPrefix = "sha256-headers:";
    private const string FullPrefix = "sha256:";
    private const int ChunkBytes = 1 << 20;

    /// <summary>Whether a hash is one over the whole weights.</summary>
    public static bool IsFull(string hash) => hash.StartsWith(FullPrefix, StringComparison.Ordinal);

    /// <summary>The quick hash: as fast as opening the checkpoint.</summary>
    /// <exception cref="LayerToolException">A file cannot be read or has changed since it was opened.</exception>
    public static string Quick(Checkpoint checkpoint)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[ChunkBytes];
        foreach (SafetensorsHeader file in checkpoint.Files)
        {
            Append(hash, file, file.DataStart, buffer, null, default);
            AppendSize(hash, file);
        }

        return QuickPrefix + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The full hash: reads every byte of every weight file.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="progress">Told of the bytes read.</param>
    /// <param name="cancellation">Looked at between pieces of a megabyte.</param>
    /// <exception cref="LayerToolException">A file cannot be read or has changed since it was opened.</exception>
    public static string Full(Checkpoint checkpoint, IProgress<Step>? progress = null, CancellationToken cancellation = default)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[ChunkBytes];
        long total = checkpoint.Files.Sum(file => file.FileSize);
        long done = 0;
        foreach (SafetensorsHeader file in checkpoint.Files)
        {
            Append(hash, file, file.FileSize, buffer, read => progress?.Report(new Step("hashing", done += read, total, "bytes")), cancellation);
            AppendSize(hash, file); // so that bytes cannot move from the end of one file to the start of the next
        }

        return FullPrefix + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, SafetensorsHeader file, long bytes, byte[] buffer, Action<int>? read, CancellationToken cancellation)
    {
        using FileStream stream = file.OpenUnchanged();
        try
        {
            while (bytes > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = stream.Read(buffer, 0, (int)Math.Min(bytes, buffer.Length));
                if (count == 0)
                {
                    throw FileFault.Shortened(file.File, "it");
                }

                hash.AppendData(buffer, 0, count);
                bytes -= count;
                read?.Invoke(count);
            }
        }
        catch (IOException fault)
        {
            throw FileFault.Unreadable(file.File, fault);
        }
    }

    private static void AppendSize(IncrementalHash hash, SafetensorsHeader file)
    {
        Span<byte> size = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(size, file.FileSize);
        hash.AppendData(size);
    }
}
