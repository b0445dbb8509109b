using LayerTool.Faults;

namespace LayerTool.Saving;

/// <summary>Whether a folder may be written where the user wants it.</summary>
internal static class OutputPlace
{
    /// <summary>Checks the place.</summary>
    /// <param name="folder">The folder to write.</param>
    /// <param name="sources">Folders of the checkpoints that are read while it is written.</param>
    /// <param name="force">Whether a checkpoint that stands there may be replaced.</param>
    /// <returns>Its full path, links followed.</returns>
    /// <exception cref="LayerToolException">It may not be written.</exception>
    public static string Check(string folder, IEnumerable<string> sources, bool force)
    {
        string place = RealPath(folder);
        foreach (string source in sources.Select(RealPath))
        {
            if (place == source)
            {
                throw new LayerToolException($"`{folder}` is the checkpoint that is read, and cannot be replaced while it is", "write elsewhere and rename afterwards");
            }

            if (IsInside(place, source) || IsInside(source, place))
            {
                throw new LayerToolException($"`{folder}` and the checkpoint `{source}` lie in one another", "choose a folder beside it");
            }
        }

        CheckReplaceable(place, folder, force);
        return place;
    }

    /// <summary>Checks what stands in the place already.</summary>
    /// <param name="place">Its full path.</param>
    /// <param name="folder">As the user writes it.</param>
    /// <param name="force">Whether a checkpoint that stands there may be replaced.</param>
    /// <exception cref="LayerToolException">Something that may not be replaced.</exception>
    public static void CheckReplaceable(string place, string folder, bool force)
    {
        if (File.Exists(place))
        {
            throw new LayerToolException($"`{folder}` is a file, expected a folder that does not exist yet", "give the checkpoint a name of its own; `--plan-out FILE` writes a plan file");
        }

        if (!Directory.Exists(place))
        {
            return;
        }

        if (!force)
        {
            throw new LayerToolException($"`{folder}` exists", "choose another folder, or replace it with `--force`");
        }

        // --force is for an earlier result; a slip of the hand must not cost a home folder.
        if (!File.Exists(Path.Combine(place, "config.json")) && Directory.EnumerateFileSystemEntries(place).Any())
        {
            throw new LayerToolException($"`{folder}` holds no config.json, so it is not a checkpoint, and `--force` replaces only checkpoints", "choose another folder");
        }
    }

    private static bool IsInside(string inner, string outer) =>
        inner.StartsWith(outer.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The full path with every link on it followed; parts that do not exist stay as they are.</summary>
    private static string RealPath(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string? parent = Path.GetDirectoryName(full);
        if (parent is null)
        {
            return full;
        }

        string joined = Path.Combine(RealPath(parent), Path.GetFileName(full));
        return new DirectoryInfo(joined).LinkTarget is null ? joined : Directory.ResolveLinkTarget(joined, returnFinalTarget: true)?.FullName ?? joined;
    }
}
