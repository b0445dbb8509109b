using System.Security.Cryptography;
using LayerTool.Faults;
using Microsoft.Win32.SafeHandles;

namespace LayerTool.Saving;

/// <summary>
/// A folder that is written beside its place and moves there when it is complete. Until then it lies in a hidden one, with a file
/// that is locked as long as the run lives: disposed before the move, all of it is deleted; what a killed run leaves has a lock
/// that can be taken, and the next run deletes it. Its name is that of the place, so that of two runs for one place the second is
/// told at once.
/// </summary>
internal sealed class StagedFolder : IDisposable
{
    private const string Mark = ".layertool-";
    private const string LockName = "lock";
    private const string ContentsName = "contents";

    private readonly string _target;
    private readonly bool _force;
    private readonly string _outer;
    private readonly IReadOnlyList<string> _madeParents;
    private FileStream? _lock;
    private bool _committed;

    private StagedFolder(string target, bool force, string outer, IReadOnlyList<string> madeParents)
    {
        _target = target;
        _force = force;
        _outer = outer;
        _madeParents = madeParents;
    }

    /// <summary>Where to write until <see cref="Commit"/>.</summary>
    public string Folder => Path.Combine(_outer, ContentsName);

    /// <summary>Makes the folder; missing folders above it are made as well, and deleted again if nothing comes of it.</summary>
    /// <param name="target">Full path of the final place.</param>
    /// <param name="force">Whether a checkpoint that stands there may be replaced.</param>
    /// <exception cref="LayerToolException">Another run is writing to that place.</exception>
    public static StagedFolder Create(string target, bool force)
    {
        string parent = Path.GetDirectoryName(target)!;
        List<string> made = [];
        for (string? folder = parent; folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
        {
            made.Add(folder);
        }

        Directory.CreateDirectory(parent);
        DeleteLeftovers(parent);
        StagedFolder staged = new(target, force, Path.Combine(parent, $".{Path.GetFileName(target)}{Mark}writing"), made);
        try
        {
            Directory.CreateDirectory(staged._outer);
            staged.TakeLock();
        }
        catch (Exception)
        {
            staged.DeleteMadeParents();
            throw;
        }

        try
        {
            Directory.CreateDirectory(staged.Folder);
            return staged;
        }
        catch (Exception)
        {
            staged.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Has the disk take every file, and moves the folder to its place. What stands there is replaced only by force, in one step
    /// where the file system can do that, and deleted after.
    /// </summary>
    /// <exception cref="LayerToolException">Something has come to stand there that may not be replaced.</exception>
    public void Commit()
    {
        SyncAll(Folder);
        if (!NativeFiles.MoveNew(Folder, _target))
        {
            OutputPlace.CheckReplaceable(_target, _target, _force);
            if (!NativeFiles.Exchange(Folder, _target))
            {
                Replace();
            }
        }

        _committed = true;
        DeleteStaged();
        NativeFiles.SyncFolder(Path.GetDirectoryName(_target)!);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_committed)
        {
            return;
        }

        DeleteStaged();
        DeleteMadeParents();
    }

    private void DeleteMadeParents()
    {
        foreach (string parent in _madeParents)
        {
            TryDelete(parent, recursive: false);
        }
    }

    private void Replace()
    {
        // Not named as a leftover: until the new one stands, this is the user's only copy.
        string old = Path.Combine(Path.GetDirectoryName(_target)!, $".{Path.GetFileName(_target)}.replaced-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        Directory.Move(_target, old);
        Directory.Move(Folder, _target);
        TryDelete(old, recursive: true);
    }

    private void TakeLock()
    {
        string file = Path.Combine(_outer, LockName);
        try
        {
            _lock = new FileStream(file, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException) when (File.Exists(file))
        {
            throw new LayerToolException(
                $"`{_target}` is being written by another run of layertool",
                $"wait for it, or name another folder; if no other run is alive, delete `{_outer}`");
        }

        _lock.WriteByte((byte)'L'); // says that the lock is held: making the file and locking it are two steps
    }

    private void DeleteStaged()
    {
        TryDelete(Folder, recursive: true);
        _lock?.Dispose();
        TryDelete(_outer, recursive: true);
    }

    private static void SyncAll(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            using SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }

        foreach (string inner in Directory.EnumerateDirectories(folder))
        {
            SyncAll(inner);
        }

        NativeFiles.SyncFolder(folder);
    }

    private static void DeleteLeftovers(string parent)
    {
        foreach (string folder in Directory.EnumerateDirectories(parent, $".*{Mark}*").Where(IsLeftover))
        {
            TryDelete(folder, recursive: true);
        }
    }

    /// <summary>Whether the run that made the folder is over, on whatever machine or in whatever container it ran.</summary>
    private static bool IsLeftover(string folder)
    {
        try
        {
            using FileStream taken = new(Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return taken.Length > 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false; // locked, not ours, or no such file: a run that has just begun, or no folder of this program
        }
    }

    private static void TryDelete(string folder, bool recursive)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Nothing can be done about it here; the next run tries again.
        }
    }
}
