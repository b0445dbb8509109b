using System.CommandLine;

namespace LayerTool.Samples.Pair;

/// <summary>The command line: <c>dotnet run -c Release --project samples/pair</c>.</summary>
internal sealed class PairCommand : RootCommand
{
    private readonly Option<string?> _out = new("--out") { Description = "Where everything is written; samples/pair where absent", HelpName = "folder" };

    private readonly Option<int> _threads = new("--threads") { Description = "Threads of the processor", HelpName = "N", DefaultValueFactory = _ => 1 };

    private readonly Option<int> _baseSteps = new("--base-steps")
    {
        Description = "Batches of the base model; 0 keeps the one that is there, and the texts",
        HelpName = "N",
        DefaultValueFactory = _ => 1500,
    };

    private readonly Option<int> _postSteps = new("--post-steps")
    {
        Description = "Batches of the post-trained model; 0 keeps the one that is there",
        HelpName = "N",
        DefaultValueFactory = _ => 250,
    };

    public PairCommand()
        : base("Makes the sample pair: text, tokenizer, base model, post-trained model, figures")
    {
        Options.Add(_out);
        Options.Add(_threads);
        Options.Add(_baseSteps);
        Options.Add(_postSteps);
        SetAction(parsed => new PairMaker(parsed.GetValue(_out) ?? Path.Combine(Repository(), "samples", "pair"), parsed.GetValue(_threads))
            .Make(parsed.GetValue(_baseSteps), parsed.GetValue(_postSteps)));
    }

    private static string Repository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "LayerTool.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Run this inside a checkout of LayerTool, or give --out.");
    }
}
