using LayerTool.Faults;

namespace LayerTool.Cli.Measuring;

/// <summary>What <c>--eval</c> names: an existing path is a text file, everything else is a task.</summary>
internal static class EvalTexts
{
    /// <summary>Whether a name is a text file, there or not.</summary>
    public static bool IsFile(string name) =>
        !TaskEvaluator.IsTaskFile(name)
        && (File.Exists(name) || name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) || Path.HasExtension(name));

    /// <summary>Checks the names before anything long is begun.</summary>
    /// <exception cref="LayerToolException">A file is not there, or a task is not known.</exception>
    public static void Check(IEnumerable<string> texts, IReadOnlyList<string> tasks)
    {
        if (texts.FirstOrDefault(text => !File.Exists(text)) is string missing)
        {
            throw new LayerToolException($"`--eval`: there is no file `{missing}`", "give a text file (.txt, .jsonl or .parquet), or the name of a task");
        }

        TaskEvaluator.Select(tasks);
    }
}
