using LayerTool.Faults;

namespace LayerTool.Files;

/// <summary>Whether a file may be written where the user wants it.</summary>
internal static class OutputFile
{
    // File systems take 255; the rest is for the name that the file has until it is complete.
    private const int LongestName = 230;

    /// <summary>Checks the place, before anything long is begun.</summary>
    /// <param name="file">The file to write.</param>
    /// <param name="force">Whether a file that stands there may be replaced.</param>
    /// <exception cref="LayerToolException">It may not be written.</exception>
    public static void Check(string file, bool force)
    {
        string full = Path.GetFullPath(file);
        if (Directory.Exists(full))
        {
            throw new LayerToolException($"{file}: is a folder, expected the name of a file", "name a file inside of it");
        }

        if (File.Exists(full) && !force)
        {
            throw new LayerToolException($"{file}: the file exists already", "name another one, or replace it with `--force`");
        }

        if (Path.GetFileName(full).Length > LongestName)
        {
            throw new LayerToolException($"{Quoted.Text(file)}: the name has {Path.GetFileName(full).Length} characters, expected at most {LongestName}", "give the file a shorter name");
        }

        if (!Directory.Exists(Path.GetDirectoryName(full)))
        {
            throw new LayerToolException($"{Quoted.Text(file)}: there is no such folder to write the file to", "make the folder first, or name another one");
        }
    }
}
