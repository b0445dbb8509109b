using System.CommandLine;

namespace LayerTool.Cli.Options;

/// <summary>How checkpoints are hashed.</summary>
internal sealed class HashOption : Option<HashKind?>
{
    public HashOption(string what)
        : base("--hash")
    {
        Description = $"{what}: `quick` (headers and file sizes, the default) or `full` (reads the weights)";
        HelpName = "kind";
        CustomParser = Syntax.OneOf<HashKind?>(("quick", HashKind.Quick), ("full", HashKind.Full));
        CompletionSources.Clear(); // an enum's own names are not the words
        CompletionSources.Add("quick", "full");
    }
}
