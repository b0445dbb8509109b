using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LayerTool.Safetensors;

/// <summary>
/// Brings written bytes to the disk while the next ones are read, where the system can be told to: the last flush is then short,
/// so that a run that is stopped in it ends soon, and a long one takes no longer than a plain copy.
/// </summary>
internal static partial class Writeback
{
    /// <summary>How many bytes are worth a call.</summary>
    public const long Step = 16 << 20;

    private const uint StartWriting = 2;

    /// <summary>Starts to write a range of a file; does not wait for it.</summary>
    public static void Start(SafeFileHandle file, long offset, long count)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SyncRange(file, offset, count, StartWriting);
        }
    }

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncRange(SafeFileHandle file, long offset, long count, uint flags);
}
