using LayerTool.Faults;

namespace LayerTool.Saving;

/// <summary>Why a folder could not be written, said with its name and what it would need.</summary>
internal static class DiskFault
{
    private const int NoSpace = 28; // ENOSPC
    private const int ReadOnly = 30; // EROFS
    private const int OverQuota = 122; // EDQUOT
    private const int WindowsDiskFull = 112; // ERROR_DISK_FULL

    /// <summary>Refuses to begin what cannot end.</summary>
    /// <param name="folder">The folder that is to be made.</param>
    /// <param name="needed">Bytes that it needs.</param>
    /// <exception cref="LayerToolException">The disk has less.</exception>
    public static void CheckRoom(string folder, long needed)
    {
        if (Free(folder) is long free && free < needed)
        {
            throw Full(folder, needed, free);
        }
    }

    /// <summary>The fault as a user can act on it, or null where it is not one of writing.</summary>
    public static LayerToolException? Explain(Exception fault, string folder, long needed) => fault switch
    {
        LayerToolException { InnerException: IOException inner } when IsFull(inner) => Full(folder, needed, Free(folder)),
        LayerToolException { InnerException: IOException inner } when Code(inner) == ReadOnly => Unwritable(folder, inner),
        IOException io when IsFull(io) => Full(folder, needed, Free(folder)),
        IOException or UnauthorizedAccessException => Unwritable(folder, fault),
        _ => null,
    };

    private static LayerToolException Full(string folder, long needed, long? free) => new(
        $"`{folder}` needs {Megabytes(needed)}, and its disk has {(free is long bytes ? Megabytes(bytes) : "less")} free",
        "make room, or write to another disk");

    private static LayerToolException Unwritable(string folder, Exception fault) => new(
        $"`{folder}` cannot be written: {fault.Message.TrimEnd('.')}",
        "choose a folder on a disk that can be written to",
        fault);

    private static bool IsFull(IOException fault) => Code(fault) is NoSpace or OverQuota or WindowsDiskFull;

    private static int Code(IOException fault) => fault.HResult & 0xFFFF;

    private static long? Free(string folder)
    {
        try
        {
            string? there = folder;
            while (there is not null && !Directory.Exists(there))
            {
                there = Path.GetDirectoryName(there);
            }

            return there is null ? null : new DriveInfo(there).AvailableFreeSpace;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // the disk will tell when it is full
        }
    }

    private static string Megabytes(long bytes) => FormattableString.Invariant($"{bytes / 1e6:N1} MB");
}
