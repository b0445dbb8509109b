using System.Runtime.InteropServices;

namespace LayerTool.Saving;

/// <summary>What the file system can do with names and .NET has no call for. Each is a help where it exists and is left out where not.</summary>
internal static partial class NativeFiles
{
    private const int CurrentFolder = -100;
    private const uint NoReplace = 1;
    private const uint ExchangeNames = 2;
    private const int Exists = 17; // EEXIST

    /// <summary>Makes the names in a folder as durable as the files behind them.</summary>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(folder, 0);
        if (descriptor >= 0)
        {
            _ = Sync(descriptor);
            _ = Close(descriptor);
        }
    }

    /// <summary>Gives a folder another name where nothing has that name yet, at one instant where the file system can; false where something has.</summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public static bool MoveNew(string folder, string target)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                if (Rename(CurrentFolder, folder, CurrentFolder, target, NoReplace) == 0)
                {
                    return true;
                }

                if (Marshal.GetLastPInvokeError() == Exists)
                {
                    return false;
                }
            }
            catch (EntryPointNotFoundException)
            {
                // a C library older than the call
            }
        }

        if (Path.Exists(target))
        {
            return false;
        }

        Directory.Move(folder, target);
        return true;
    }

    /// <summary>Lets two paths change their names at one instant; false where the file system cannot.</summary>
    public static bool Exchange(string one, string other)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            return Rename(CurrentFolder, one, CurrentFolder, other, ExchangeNames) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // a C library older than the call
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int oneFolder, string one, int otherFolder, string other, uint flags);
}
