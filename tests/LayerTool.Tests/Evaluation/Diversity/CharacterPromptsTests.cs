using LayerTool.Evaluation.Diversity;
using LayerTool.Faults;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Evaluation.Diversity;

public sealed class CharacterPromptsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Forty_are_built_in_half_of_letters_and_half_of_digits()
    {
        CharacterPrompts prompts = CharacterPrompts.BuiltIn();

        Assert.Equal("crc", prompts.Name);
        Assert.Equal([("letters", 20), ("digits", 20)], prompts.Prompts.CountBy(prompt => prompt.Class).Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(40, prompts.Prompts.Select(prompt => prompt.Prompt).Distinct(StringComparer.Ordinal).Count());
        Assert.All(prompts.Prompts, prompt => Assert.All(prompt.Valid, answer => Assert.Equal(1, answer.Length)));
    }

    [Fact]
    public void A_file_is_read_line_by_line()
    {
        string file = _folder.Write("own.jsonl", "{\"prompt\":\"Heads or tails?\",\"valid\":[\" h\",\"t \"]}\n\n{\"prompt\":\"Bit?\",\"valid\":[\"0\",\"1\"],\"class\":\"bits\"}\n");

        CharacterPrompts prompts = CharacterPrompts.ReadFile(file);

        Assert.Equal("own.jsonl", prompts.Name);
        Assert.Equal(64, prompts.Hash.Length);
        Assert.Equal(["h", "t"], prompts.Prompts[0].Valid);
        Assert.Equal(["all", "bits"], prompts.Prompts.Select(prompt => prompt.Class));
    }

    [Theory]
    [InlineData("", "has no prompts")]
    [InlineData("[1]\n", "line 1: has no text `prompt`")]
    [InlineData("{\"prompt\":\"\",\"valid\":[\"0\",\"1\"]}\n", "line 1: has no text `prompt`")]
    [InlineData("{\"prompt\":\"p\"}\n", "line 1: `valid` is no list of texts")]
    [InlineData("{\"prompt\":\"p\",\"valid\":[0,1]}\n", "line 1: `valid` is no list of texts")]
    [InlineData("{\"prompt\":\"p\",\"valid\":[\"0\"]}\n", "line 1: `valid` has 1 answer, expected at least 2")]
    [InlineData("{\"prompt\":\"p\",\"valid\":[\"0\",\" 0\"]}\n", "line 1: `valid` has 1 answer, expected at least 2")]
    [InlineData("{\"prompt\":\"p\",\"valid\":[\"0\",\"1\",\"1 \"]}\n", "line 1: `valid` names `1` twice")]
    [InlineData("{\"prompt\":\"p\",\"valid\":[\"0\",\" \"]}\n", "line 1: `valid` names an empty answer")]
    public void A_file_at_fault_is_refused_with_its_line(string text, string said)
    {
        string file = _folder.Write("own.jsonl", text);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => CharacterPrompts.ReadFile(file));

        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_gives_faults_of_its_own_alone()
    {
        byte[] sound = File.ReadAllBytes(Path.Combine(SharedFiles.Repository, "samples", "pair", "characters.jsonl"));

        int refused = Damaged.Run(200, seed =>
        {
            string file = _folder.File($"{seed}.jsonl");
            File.WriteAllBytes(file, Damaged.Bytes(sound[..600], new Random(seed)));
            CharacterPrompts.ReadFile(file);
        });

        Assert.InRange(refused, 1, 200);
    }
}
