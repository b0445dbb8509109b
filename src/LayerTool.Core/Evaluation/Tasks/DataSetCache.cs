using LayerTool.Data;

namespace LayerTool.Evaluation.Tasks;

/// <summary>
/// Data sets in the local Hugging Face cache, where <c>hf download --repo-type dataset</c> and the <c>datasets</c> library put the
/// files of a repository: <c>datasets--OWNER--NAME/snapshots/REVISION</c>.
/// </summary>
/// <param name="folder">The cache: the folder <c>hub</c>.</param>
public sealed class DataSetCache(string folder)
{
    /// <summary>Files of a split, in order; none where it is not there.</summary>
    public IReadOnlyList<string> Find(DataSource source, string split) => [.. Files(source).Where(file => file.Split == split).Select(file => file.Path)];

    /// <summary>The splits that there are.</summary>
    public IReadOnlyList<string> Splits(DataSource source) => [.. Files(source).Select(file => file.Split).Distinct(StringComparer.Ordinal)];

    private IEnumerable<(string Path, string Split)> Files(DataSource source)
    {
        string? snapshot = Snapshot(source.Repository);
        if (snapshot is null)
        {
            return [];
        }

        string root = source.Configuration is string name && Directory.Exists(Path.Combine(snapshot, name)) ? Path.Combine(snapshot, name) : snapshot;
        return Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 })
            .Where(file => DataTable.Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(file => (file, SplitOf(file)));
    }

    // train-00000-of-00003.parquet → train
    private static string SplitOf(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        int shard = name.IndexOf("-0", StringComparison.Ordinal);
        return shard > 0 ? name[..shard] : name;
    }

    private string? Snapshot(string repository)
    {
        string place = Path.Combine(folder, "datasets--" + repository.Replace("/", "--", StringComparison.Ordinal));
        string main = Path.Combine(place, "refs", "main");
        string snapshots = Path.Combine(place, "snapshots");
        if (!Directory.Exists(snapshots))
        {
            return null;
        }

        string named = File.Exists(main) ? Path.Combine(snapshots, File.ReadAllText(main).Trim()) : "";
        return named.Length > 0 && Directory.Exists(named) ? named : Directory.EnumerateDirectories(snapshots).Order(StringComparer.Ordinal).FirstOrDefault();
    }
}
