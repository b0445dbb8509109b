using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Saving;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Saving;

public sealed class TokenizerFromTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly CheckpointSet _sources;

    public TokenizerFromTests()
    {
        string main = CheckpointCopy.Make(SharedFiles.Find("golden/models/llama"), _temp);
        string chat = Path.Combine(_temp.Path, "chat");
        Directory.CreateDirectory(Path.Combine(chat, "additional_chat_templates"));
        foreach (string file in (string[])["config.json", "model.safetensors"])
        {
            File.Copy(Path.Combine(main, file), Path.Combine(chat, file));
        }

        CheckpointCopy.Edit(chat, "\"eos_token_id\": 2", "\"eos_token_id\": [2, 5]");
        Write(main, ("tokenizer.json", "main"), ("vocab.json", "main"), ("generation_config.json", "main"), ("LICENSE", "main"));
        Write(chat, ("tokenizer.json", "chat"), ("chat_template.jinja", "chat"), ("LICENSE", "chat"), (Path.Combine("additional_chat_templates", "tools.jinja"), "chat"));
        _sources = new CheckpointSet(Checkpoint.Open(main)) { { "chat", Checkpoint.Open(chat) } };
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Tokenizer_template_and_end_tokens_travel_together_from_the_source_named()
    {
        using SavedCheckpoint saved = new(_sources, PlanNotation.Parse("0, chat:1, 2-4"), options => options with { TokenizerFrom = "chat" });

        Assert.Equal("chat", saved.Text("tokenizer.json"));
        Assert.Equal("chat", saved.Text("chat_template.jinja"));
        Assert.Equal("chat", saved.Text(Path.Combine("additional_chat_templates", "tools.jinja")));
        Assert.Equal("main", saved.Text("LICENSE"));
        Assert.All((string[])["vocab.json", "generation_config.json"], file => Assert.False(File.Exists(Path.Combine(saved.Checkpoint.Folder, file)), file));
        Assert.Equal([2, 5], saved.Checkpoint.Config.EosTokenIds);
        Assert.Contains("tokenizer, chat template and generation config are those of `chat`", saved.Result.Notes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("main")]
    public void The_main_one_travels_by_default(string? name)
    {
        using SavedCheckpoint saved = new(_sources, PlanNotation.Parse("0, chat:1, 2-4"), options => options with { TokenizerFrom = name });

        Assert.Equal("main", saved.Text("tokenizer.json"));
        Assert.Equal("main", saved.Text("generation_config.json"));
        Assert.False(File.Exists(Path.Combine(saved.Checkpoint.Folder, "chat_template.jinja")));
        Assert.Equal(File.ReadAllBytes(_sources.Main.ConfigFile), File.ReadAllBytes(saved.Checkpoint.ConfigFile));
    }

    [Theory]
    [InlineData("base", "there is no source `base` whose tokenizer could travel; the sources are `main`, `chat`, `bare`")]
    [InlineData("bare", "has no tokenizer that could travel")]
    public void A_source_that_is_not_there_or_has_none_is_told(string name, string message)
    {
        _sources.Add("bare", Checkpoint.Open(SharedFiles.Find("golden/models/llama")));
        LayerToolException fault = Assert.Throws<LayerToolException>(
            () => SavePlan.Create(_sources, LayerPlan.Identity(5), new SaveChoices { TokenizerFrom = name }, cancellation: TestContext.Current.CancellationToken));

        Assert.Contains(message, fault.Message);
        Assert.Contains("--tokenizer-from", fault.Hint);
    }

    [Theory]
    [InlineData("---\nlicense: mit\n# no end\n", "no other `---` ends its front matter")]
    [InlineData("---\nlicense: mit\n---\n# ends\n", null)]
    [InlineData("---\r\nlicense: mit\r\n---\r\n", null)]
    [InlineData("---\n---\n", null)]
    [InlineData("---\nlicense: [\n---\n", "is not sound YAML")]
    [InlineData("---\nlicense: mit\ntags: {a: b\n---\n", "README.md: line ")]
    [InlineData("---\n- mit\n---\n", "the front matter holds no fields")]
    [InlineData("# no front matter\n---\n", null)]
    [InlineData("caf\xE9", "is not UTF-8 text")]
    public void A_card_that_cannot_be_read_travels_and_is_told(string text, string? note)
    {
        byte[] card = System.Text.Encoding.Latin1.GetBytes(text);
        File.WriteAllBytes(Path.Combine(_sources.Main.Folder, "README.md"), card);
        using SavedCheckpoint saved = new(_sources, PlanNotation.Parse("0, 2-4"));

        Assert.Equal(card, File.ReadAllBytes(Path.Combine(saved.Checkpoint.Folder, "README.md")));
        Assert.Equal(note is not null, saved.Result.Notes.Any(one => one.Contains(note ?? "README.md", StringComparison.Ordinal)));
    }

    private static void Write(string folder, params (string Name, string Text)[] files)
    {
        foreach ((string name, string text) in files)
        {
            File.WriteAllText(Path.Combine(folder, name), text);
        }
    }
}
