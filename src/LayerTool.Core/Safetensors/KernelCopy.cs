using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LayerTool.Safetensors;

/// <summary>
/// Copies a range from file to file inside the Linux kernel: once through memory instead of twice, and not at all on file systems
/// that share blocks. Where it does not work the caller reads and writes, and meets the reason there.
/// </summary>
internal static partial class KernelCopy
{
    /// <summary>Below this a copy through the writer's buffer is as fast.</summary>
    public const long Least = 1 << 18;

    private static volatile bool _missing = !OperatingSystem.IsLinux();

    /// <summary>Copies as much as the kernel takes at once.</summary>
    /// <returns>How many bytes were copied; 0 where none can be.</returns>
    public static long Copy(SafeFileHandle source, long sourceOffset, SafeFileHandle target, long targetOffset, long count)
    {
        if (_missing)
        {
            return 0;
        }

        try
        {
            return Math.Max(0, CopyRange(source, ref sourceOffset, target, ref targetOffset, (nint)count, 0));
        }
        catch (EntryPointNotFoundException)
        {
            _missing = true; // a C library older than the call
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "copy_file_range")]
    private static partial nint CopyRange(SafeFileHandle source, ref long sourceOffset, SafeFileHandle target, ref long targetOffset, nint count, uint flags);
}
