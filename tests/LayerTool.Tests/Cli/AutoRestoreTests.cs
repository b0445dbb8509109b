using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary><c>restore --auto crc</c> from the command line.</summary>
[Collection(TorchCollection.Name)]
public sealed class AutoRestoreTests : IDisposable
{
    private static readonly string Pair = Path.Combine(SharedFiles.Repository, "samples", "pair");

    private readonly TempFolder _temp = new();

    private static string Post => Path.Combine(Pair, "post");

    private static string Base => Path.Combine(Pair, "base");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task The_range_is_shown_with_its_reason_and_the_mixture_is_measured_and_written()
    {
        string prompts = Few();
        string folder = _temp.File("out");

        CommandRun run = await CommandRun.InProcessAsync(
            "restore", Post, "--from", Base, "--auto", "crc", "--prompts", prompts, "--dtype", "float32", "--threads", "1", "-o", folder,
            "--eval", Path.Combine(Pair, "questions.jsonl"));

        Assert.True(run.ExitCode == 0, run.Errors);
        Snapshot.Check("Edit/restore-auto", Decimals.Mask(WithoutMap(run.Output)), (Post, "POST"), (Base, "BASE"), (folder, "OUT"));
        Checkpoint written = Checkpoint.Open(folder);
        Checkpoint main = Checkpoint.Open(Post);
        Assert.Equal(main.ConfigBytes.ToArray(), written.ConfigBytes.ToArray());
        Assert.Equal(
            main.Tensors.Values.Select(tensor => (tensor.Name, tensor.Dtype, string.Join(',', tensor.Shape))).Order(),
            written.Tensors.Values.Select(tensor => (tensor.Name, tensor.Dtype, string.Join(',', tensor.Shape))).Order());
        Assert.Equal(main.Tensors.Values.Sum(tensor => tensor.ByteCount), written.Tensors.Values.Sum(tensor => tensor.ByteCount));
        JsonNode plan = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "layertool.json"), TestContext.Current.CancellationToken))!;
        Assert.StartsWith("layers 5-11 are restored: ", plan["settings"]!["range"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.StartsWith("sha256:", plan["settings"]!["prompts prompts.jsonl"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.All((string[])["tokenizer.json", "tokenizer_config.json", "generation_config.json"], file =>
            Assert.Equal(File.ReadAllBytes(Path.Combine(Post, file)), File.ReadAllBytes(Path.Combine(folder, file))));
    }

    [Fact]
    public async Task Json_csv_and_picture_tell_the_same()
    {
        string csv = _temp.File("ranges.csv"), picture = _temp.File("ranges.svg");

        CommandRun run = await CommandRun.InProcessAsync(
            "restore", Post, "--from", Base, "--auto", "crc", "--prompts", Few(), "--max-width", "3", "--soup", "--dtype", "float32", "--json", "--csv", csv, "--heat-map", picture);

        Assert.True(run.ExitCode == 0, run.Errors);
        JsonNode json = JsonNode.Parse(run.Output)!;
        JsonArray ranges = json["auto"]!["ranges"]!.AsArray();
        Assert.Equal(12 + 11 + 10, ranges.Count);
        JsonArray soup = json["auto"]!["soup"]!.AsArray();
        Assert.Equal(21, soup.Count);
        Assert.Equal(json["auto"]!["post"]!["diversity"]!.GetValue<double>(), soup[0]!["diversity"]!.GetValue<double>(), 1e-6);
        string[] rows = await File.ReadAllLinesAsync(csv, TestContext.Current.CancellationToken);
        Assert.Equal("first,last,layers,validity,entropy,diversity,allowed,chosen,validity letters,diversity letters,validity digits,diversity digits", rows[0]);
        Assert.Equal(1 + 1 + ranges.Count, rows.Length);
        Assert.Equal(
            ranges.Select(range => (range!["first"]!.GetValue<int>(), range["last"]!.GetValue<int>(), range["diversity"]!.GetValue<double>())),
            rows[2..].Select(row => row.Split(',')).Select(row => (int.Parse(row[0], null), int.Parse(row[1], null), double.Parse(row[5], null))));
        string[] chosen = rows.Single(row => row.Split(',')[7] == "1").Split(',');
        Assert.Equal($"{chosen[0]}-{chosen[1]}", json["auto"]!["chosen"]!.GetValue<string>());
        Assert.Contains($"base:{chosen[0]}-{chosen[1]}", json["plan"]!["after"]!.GetValue<string>(), StringComparison.Ordinal);
        System.Xml.Linq.XDocument drawn = System.Xml.Linq.XDocument.Load(picture);
        Assert.Equal(ranges.Count, drawn.Descendants().Count(element => element.Name.LocalName == "title"));
    }

    [Fact]
    public async Task Where_nothing_is_feasible_nothing_is_restored_and_that_is_no_failure()
    {
        string folder = _temp.File("out");

        CommandRun run = await CommandRun.InProcessAsync(
            "restore", Post, "--from", Post, "--auto", "crc", "--prompts", Few(), "--max-width", "1", "-o", folder);

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("nothing is restored: ", run.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Post, "model.safetensors")), File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
    }

    [Fact]
    public async Task A_model_that_does_not_follow_the_prompts_is_told_of()
    {
        string prompts = _temp.Write("other.jsonl", "{\"prompt\":\"What is 3 + 4?\",\"valid\":[\"a\",\"b\"]}\n");

        CommandRun run = await CommandRun.InProcessAsync("restore", Post, "--from", Base, "--auto", "crc", "--prompts", prompts, "--max-width", "1");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warning: the model itself gives a valid answer with a probability of 0.0", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_without_a_chat_template_is_asked_without_one_when_that_is_said()
    {
        CommandRun refused = await CommandRun.InProcessAsync("restore", Base, "--from", Post, "--auto", "crc", "--prompts", Few());
        CommandRun asked = await CommandRun.InProcessAsync("restore", Base, "--from", Post, "--auto", "crc", "--prompts", Few(), "--template", "none", "--max-width", "1");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("has no chat template", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("`--template none`", refused.Errors, StringComparison.Ordinal);
        Assert.True(asked.ExitCode == 0, asked.Errors);
    }

    [Theory]
    [InlineData("nothing to restore")]
    [InlineData("`--layers` names layers, and `--auto` chooses them", "--layers", "1", "--auto", "crc")]
    [InlineData("`--csv` belongs to the choice of a range", "--layers", "1", "--csv", "x.csv")]
    [InlineData("`--auto` is `cr`, expected `crc`", "--auto", "cr")]
    [InlineData("`--min-validity` is `2`, expected a number from 0 to 1", "--auto", "crc", "--min-validity", "2")]
    [InlineData("`--max-width` is `0`, expected a whole number from 1 to ", "--auto", "crc", "--max-width", "0")]
    public async Task Options_that_do_not_go_together_are_wrong_usage(string said, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["restore", Post, "--from", Base, .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no such file", "--prompts", "no-such-file.jsonl")]
    [InlineData("there is no such folder to write the file to", "--csv", "no/such/folder/x.csv")]
    [InlineData("cannot be read", "--template", "no-such-template.jinja")]
    public async Task Files_that_are_not_there_are_named_before_anything_is_run(string said, params string[] options)
    {
        CommandRun run = await CommandRun.InProcessAsync(["restore", Post, "--from", Base, "--auto", "crc", .. options]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
        Assert.Contains(options[1], run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_stopped_writes_nothing()
    {
        string csv = _temp.File("ranges.csv"), folder = _temp.File("out");
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(50));

        CommandRun run = await CommandRun.UntilStoppedAsync(
            ["restore", Post, "--from", Base, "--auto", "crc", "--prompts", Path.Combine(Pair, "characters.jsonl"), "--csv", csv, "-o", folder], stop.Token);

        Assert.Equal(130, run.ExitCode);
        Assert.False(File.Exists(csv));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Memory_for_both_models_is_asked_for_before_either_is_loaded()
    {
        // In float32 each model takes 5.3 MB.
        using System.Diagnostics.Process child = CommandRun.StartChild(
            new Dictionary<string, string?> { ["LAYERTOOL_MEMORY_LIMIT"] = "9000000" },
            "restore", Post, "--from", Base, "--auto", "crc", "--prompts", Few(), "--dtype", "float32");
        CommandRun run = await CommandRun.FinishAsync(child);

        Assert.Equal(1, run.ExitCode);
        Assert.Matches("the run needs 1[0-9]\\.[0-9] MB of memory", run.Errors);
    }

    [Fact]
    public async Task Layers_that_both_checkpoints_hold_alike_are_told_of()
    {
        string copy = CheckpointCopy.Make(Post, _temp);
        CheckpointCopy.Set(copy, "model.layers.4.mlp.down_proj.weight", 100, 3);

        CommandRun some = await CommandRun.InProcessAsync("restore", Post, "--from", copy, "--layers", "3-5");
        CommandRun all = await CommandRun.InProcessAsync("restore", Post, "--from", copy, "--layers", "0-1");
        CommandRun none = await CommandRun.InProcessAsync("restore", Post, "--from", copy, "--layers", "4");

        Assert.Contains("warning: both checkpoints hold the same bytes in the layers 3, 5: nothing changes there", some.Errors, StringComparison.Ordinal);
        Assert.Contains("in the layers 0-1: nothing changes\n", all.Errors.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("warning: ", none.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Layers_put_in_and_taken_out_again_leave_every_byte_as_it_was()
    {
        string mixed = _temp.File("mixed"), back = _temp.File("back"), other = _temp.File("other");
        string[] steps = ["3", "5", "4"];
        string from = Post;
        foreach ((int index, string layer) in steps.Index())
        {
            string step = _temp.File($"step{index}");
            Assert.Equal(0, (await CommandRun.InProcessAsync("restore", from, "--from", Base, "--layers", layer, "-o", step)).ExitCode);
            from = step;
        }

        CommandRun run = await CommandRun.InProcessAsync("restore", Post, "--from", Base, "--layers", "3-5", "-o", mixed);
        CommandRun undone = await CommandRun.InProcessAsync("restore", mixed, "--from", Post, "--layers", "3-5", "-o", back);
        CommandRun whole = await CommandRun.InProcessAsync("restore", Post, "--from", Base, "--layers", "all", "-o", other);

        Assert.Equal((0, 0, 0), (run.ExitCode, undone.ExitCode, whole.ExitCode));
        Assert.Equal(Weights(Post), Weights(back));
        Assert.Equal(Weights(mixed), Weights(from));
        Assert.NotEqual(Weights(Post), Weights(mixed));
        Assert.Equal(ByHand(3, 5), Weights(mixed));
        Checkpoint written = Checkpoint.Open(other);
        Assert.Equal(Enumerable.Range(0, 12), EqualLayers.Find(written, Checkpoint.Open(Base), Enumerable.Range(0, 12), TestContext.Current.CancellationToken));
        CommandRun outside = await CommandRun.InProcessAsync("diff", Post, other, "--json");
        Assert.Equal(
            Enumerable.Range(0, 12),
            JsonNode.Parse(outside.Output)!["layers"]!.AsArray().Where(layer => !layer!["isEqual"]!.GetValue<bool>()).Select(layer => layer!["layer"]!.GetValue<int>()));
    }

    // Its digits are steps, which processors may take on different sides of a border.
    private static string WithoutMap(string output)
    {
        int begin = output.IndexOf("each range, by", StringComparison.Ordinal), end = output.IndexOf("0 to 9: ", StringComparison.Ordinal);
        Assert.InRange(begin, 0, end);
        return output.Remove(begin, end - begin);
    }

    // The bytes of the model, and in the place of each tensor of these layers the bytes of the other's.
    private static byte[] ByHand(int first, int last)
    {
        byte[] bytes = Weights(Post), other = Weights(Base);
        Checkpoint donor = Checkpoint.Open(Base);
        Checkpoint main = Checkpoint.Open(Post);
        foreach (LayerTool.Safetensors.TensorEntry tensor in Enumerable.Range(first, last - first + 1).SelectMany(layer => main.Layers.InLayer(layer)))
        {
            other.AsSpan((int)donor.Tensors[tensor.Name].Offset, (int)tensor.ByteCount).CopyTo(bytes.AsSpan((int)tensor.Offset));
        }

        return bytes;
    }

    private static byte[] Weights(string folder) => File.ReadAllBytes(Path.Combine(folder, "model.safetensors"));

    /// <summary>Every eighth of the pair's own prompts.</summary>
    private string Few() => _temp.Write("prompts.jsonl", string.Join('\n', File.ReadLines(Path.Combine(Pair, "characters.jsonl")).Where((_, index) => index % 8 == 3)));
}
