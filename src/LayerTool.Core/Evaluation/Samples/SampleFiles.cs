using LayerTool.Evaluation.Metrics;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Evaluation.Samples;

/// <summary>Files of samples as the harness writes them: <c>samples_TASK_TIME.jsonl</c>.</summary>
public static class SampleFiles
{
    /// <summary>Writes one file a task.</summary>
    /// <param name="folder">Where; made where it is not there.</param>
    /// <param name="results">The results of one plan.</param>
    /// <param name="time">The time in the names.</param>
    /// <returns>The files.</returns>
    /// <exception cref="LayerToolException">They cannot be written.</exception>
    public static IReadOnlyList<string> Write(string folder, IEnumerable<TaskResult> results, DateTime time)
    {
        List<string> files = [];
        try
        {
            Directory.CreateDirectory(folder);
            foreach (TaskResult result in results)
            {
                string file = Path.Combine(folder, $"samples_{result.Task.Task.Name}_{time:yyyy-MM-dd'T'HH-mm-ss.ffffff}.jsonl");
                File.WriteAllLines(file, result.Documents.SelectMany(document => SampleJson.Lines(result.Task.Task, document)));
                files.Add(file);
            }
        }
        catch (Exception fault) when (FileFault.IsOne(fault))
        {
            throw FileFault.Unwritable(folder, fault);
        }

        return files;
    }
}
