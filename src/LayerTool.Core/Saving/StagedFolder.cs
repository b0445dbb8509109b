using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace LayerTool.Saving;

/// <summary>
/// A folder that is written under another name beside its place and takes the name when it is complete. Disposed before that, it
/// is deleted; a run that is killed leaves it to the next one to delete.
/// </summary>
internal sealed class StagedFolder : IDisposable
{
    private const string Mark = ".layertool-";

    private readonly string _target;
    private readonly IReadOnlyList<string> _madeParents;
    private bool _committed;

    private StagedFolder(string target, string folder, IReadOnlyList<string> madeParents)
    {
        _target = target;
        _madeParents = madeParents;
        Folder = folder;
    }

    /// <summary>Where to write until <see cref="Commit"/>.</summary>
    public string Folder { get; }

    /// <summary>Makes the folder; missing folders above it are made as well, and deleted again if nothing comes of it.</summary>
    /// <param name="target">Full path of the final place.</param>
    public static StagedFolder Create(string target)
    {
        string parent = Path.GetDirectoryName(target)!;
        List<string> made = [];
        for (string? folder = parent; folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
        {
            made.Add(folder);
        }

        Directory.CreateDirectory(parent);
        DeleteLeftovers(parent);
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $".{Path.GetFileName(target)}{Mark}{Environment.MachineName}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        StagedFolder staged = new(target, Path.Combine(parent, name), made);
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
    /// Has the disk take every file, and gives the folder its name. What stood there is replaced in one step where the file system
    /// can do that, and deleted after.
    /// </summary>
    public void Commit()
    {
        SyncAll(Folder);
        if (!Directory.Exists(_target))
        {
            Directory.Move(Folder, _target);
            _committed = true;
        }
        else if (NativeFiles.Exchange(Folder, _target))
        {
            _committed = true;
            Directory.Delete(Folder, recursive: true);
        }
        else
        {
            // Not named as a leftover: until the new one stands, this is the user's only copy.
            string old = Path.Combine(Path.GetDirectoryName(_target)!, $".{Path.GetFileName(_target)}.replaced-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
            Directory.Move(_target, old);
            Directory.Move(Folder, _target);
            _committed = true;
            Directory.Delete(old, recursive: true);
        }

        NativeFiles.SyncFolder(Path.GetDirectoryName(_target)!);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_committed)
        {
            return;
        }

        TryDelete(Folder, recursive: true);
        foreach (string parent in _madeParents)
        {
            TryDelete(parent, recursive: false);
        }
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
        string mark = $"{Mark}{Environment.MachineName}-";
        foreach (string folder in Directory.EnumerateDirectories(parent, $".*{mark}*"))
        {
            string name = Path.GetFileName(folder);
            string owner = name[(name.LastIndexOf(mark, StringComparison.Ordinal) + mark.Length)..].Split('-')[0];
            if (int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out int process) && !Owns(process, folder))
            {
                TryDelete(folder, recursive: true);
            }
        }
    }

    /// <summary>Whether the process still runs that made the folder; one that began well after it only has the same number.</summary>
    private static bool Owns(int process, string folder)
    {
        try
        {
            using Process found = Process.GetProcessById(process);
            return found.StartTime < Directory.GetCreationTime(folder).AddMinutes(1);
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception fault) when (fault is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return true; // ended just now, or not ours to ask about
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
