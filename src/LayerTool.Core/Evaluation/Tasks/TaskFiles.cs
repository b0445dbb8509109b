using LayerTool.Data;
using LayerTool.Faults;

namespace LayerTool.Evaluation.Tasks;

/// <summary>
/// The files of tasks: <c>FOLDER/TASK/SPLIT.jsonl</c> (or .json, .csv, .parquet, .txt) of a folder that the user names, else the
/// task's own files, else the data set's files in the local Hugging Face cache. Nothing is ever downloaded. Each is read once.
/// </summary>
/// <param name="folder">The folder, or null.</param>
/// <param name="cache">Where downloaded data sets are.</param>
public sealed class TaskFiles(string? folder, DataSetCache cache)
{
    private readonly Dictionary<string, IReadOnlyList<DataRow>> _rows = new(StringComparer.Ordinal);

    /// <summary>The rows of a split.</summary>
    /// <exception cref="LayerToolException">There is no such split, or a file is at fault.</exception>
    public IReadOnlyList<DataRow> Rows(EvaluationTask task, string split)
    {
        List<DataRow> rows = [];
        foreach (string file in Files(task, split))
        {
            if (!_rows.TryGetValue(file, out IReadOnlyList<DataRow>? read))
            {
                read = DataTable.Read(file);
                _rows.Add(file, read);
            }

            rows.AddRange(rows.Count == 0 ? read : read.Select(row => row.Numbered(rows.Count + row.Number)));
        }

        return rows;
    }

    /// <summary>Whether there are files of a split.</summary>
    public bool Has(EvaluationTask task, string split) => Find(task, split).Count > 0;

    /// <summary>The files of a split.</summary>
    /// <exception cref="LayerToolException">There is none; the message says what there is, the hint how to get it.</exception>
    public IReadOnlyList<string> Files(EvaluationTask task, string split)
    {
        IReadOnlyList<string> files = Find(task, split);
        return files.Count > 0 ? files : throw new LayerToolException(
            $"task `{task.Name}` has no split `{split}`: {WhatThereIs(task)}",
            $"`--data DIR` finds DIR/{task.Name}/{split}.jsonl (or .json, .csv, .parquet); `hf download --repo-type dataset {task.Data.Repository}` brings the original into the local cache");
    }

    private string? OwnFolder(EvaluationTask task) =>
        folder is not null && Directory.Exists(Path.Combine(folder, task.Name)) ? Path.Combine(folder, task.Name) : null;

    private IReadOnlyList<string> Find(EvaluationTask task, string split)
    {
        if (OwnFolder(task) is string place)
        {
            return [.. DataTable.Endings.Select(ending => Path.Combine(place, split + ending)).Where(File.Exists).Take(1)];
        }

        return task.DataFiles.IsEmpty ? cache.Find(task.Data, split) : task.DataFiles.GetValueOrDefault(split, []);
    }

    private string WhatThereIs(EvaluationTask task)
    {
        if (OwnFolder(task) is string place)
        {
            return $"{place} has {Listed(Splits(place))}";
        }

        if (!task.DataFiles.IsEmpty)
        {
            return $"the task names files for {Listed(task.DataFiles.Keys)}";
        }

        IReadOnlyList<string> cached = cache.Splits(task.Data);
        string copy = cached.Count > 0 ? $"the local copy of {task.Data.Repository} has {Listed(cached)}" : $"there is no local copy of {task.Data.Repository}";
        return folder is null ? copy : $"there is no folder {Path.Combine(folder, task.Name)}, and {copy}";
    }

    private static IEnumerable<string> Splits(string place) => Directory.EnumerateFiles(place)
        .Where(file => DataTable.Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
        .Select(file => Path.GetFileNameWithoutExtension(file)!);

    private static string Listed(IEnumerable<string> names)
    {
        string[] all = [.. names.Order(StringComparer.Ordinal).Select(name => $"`{name}`")];
        return all.Length == 0 ? "no splits" : string.Join(", ", all);
    }
}
