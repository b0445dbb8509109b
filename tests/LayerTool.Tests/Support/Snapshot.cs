using System.Text.RegularExpressions;
using Xunit;

namespace LayerTool.Tests.Support;

/// <summary>
/// Compares text with a file under Snapshots that a person has read and accepted. <c>LAYERTOOL_ACCEPT=1</c> writes the files
/// anew; what differs is left beside them as <c>.received.txt</c>.
/// </summary>
internal static partial class Snapshot
{
    private static readonly string Folder = Path.Combine(SharedFiles.Repository, "tests", "LayerTool.Tests", "Snapshots");

    /// <summary>Fails where the text differs from <c>Snapshots/NAME.verified.txt</c>.</summary>
    /// <param name="name">Name of the snapshot; may hold a folder.</param>
    /// <param name="text">The text that the program gave.</param>
    /// <param name="paths">Paths of this run, each with the word that stands for it in the file.</param>
    public static void Check(string name, string text, params (string Path, string Word)[] paths)
    {
        string verified = Path.Combine(Folder, name + ".verified.txt");
        string received = Path.Combine(Folder, name + ".received.txt");
        string actual = Filter(text, paths);
        Directory.CreateDirectory(Path.GetDirectoryName(verified)!);
        if (Environment.GetEnvironmentVariable("LAYERTOOL_ACCEPT") == "1")
        {
            File.WriteAllText(verified, actual);
            return;
        }

        string expected = File.Exists(verified) ? File.ReadAllText(verified).ReplaceLineEndings("\n") : "";
        if (expected == actual)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        Assert.Equal(expected, actual);
    }

    private static string Filter(string text, (string Path, string Word)[] paths)
    {
        string filtered = text.ReplaceLineEndings("\n");
        foreach ((string path, string word) in paths.OrderByDescending(pair => pair.Path.Length))
        {
            filtered = filtered.Replace(path, word, StringComparison.Ordinal);
        }

        filtered = Versions().Replace(filtered, "layertool VERSION");
        filtered = Times().Replace(filtered, "TIME");
        filtered = FinishedPhases().Replace(filtered, "");
        return TrailingSpace().Replace(filtered, "");
    }

    [GeneratedRegex(@"layertool \d+\.\d+\.\d+")]
    private static partial Regex Versions();

    [GeneratedRegex(@"\b\d+(:\d\d)+\b|\b\d+(\.\d+)? m?s\b")]
    private static partial Regex Times();

    // Said of phases that took more than a second: on a busy machine there are more of them.
    [GeneratedRegex(@"^.+: \S+ \w+ in TIME\n", RegexOptions.Multiline)]
    private static partial Regex FinishedPhases();

    [GeneratedRegex(@"[ \t]+$", RegexOptions.Multiline)]
    private static partial Regex TrailingSpace();
}
