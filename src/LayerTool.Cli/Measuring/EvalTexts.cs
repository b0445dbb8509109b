using LayerTool.Faults;

namespace LayerTool.Cli.Measuring;

/// <summary>What <c>--eval</c> names.</summary>
internal static class EvalTexts
{
    /// <summary>Checks the names before anything long is begun.</summary>
    /// <exception cref="LayerToolException">A name is no file.</exception>
    public static void Check(IEnumerable<string> texts)
    {
        foreach (string text in texts.Where(text => !File.Exists(text)))
        {
            bool looksLikeFile = text.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) || Path.HasExtension(text);
            throw looksLikeFile
                ? new LayerToolException($"`--eval`: there is no file `{text}`", "give a text file (.txt, .jsonl or .parquet): its perplexity is measured")
                : new LayerToolException(
                    $"`--eval`: `{text}` is no file, and tasks cannot be run yet",
                    "give a text file (.txt, .jsonl or .parquet): its perplexity is measured");
        }
    }
}
