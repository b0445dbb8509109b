using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Saving;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Saving;

/// <summary>What is left on the disk, and what is not, however a save ends.</summary>
public sealed class OutputFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Out => _folder.File("out");

    [Fact]
    public void Only_the_output_is_left_and_folders_above_it_are_made()
    {
        string deep = Path.Combine(_folder.Path, "results", "one", "out");

        Save(deep);

        Assert.Equal(["out"], Names(Path.GetDirectoryName(deep)!));
        Assert.Equal(["README.md", "config.json", "layertool.json", "model.safetensors"], Names(deep));
    }

    [Fact]
    public void An_output_that_exists_is_refused()
    {
        Directory.CreateDirectory(Out);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Save(Out));

        Assert.Equal($"`{Out}` exists", fault.Message);
        Assert.Contains("--force", fault.Hint);
        Assert.Empty(Names(Out));
    }

    [Fact]
    public void Force_replaces_an_earlier_result()
    {
        Save(Out);
        File.WriteAllText(Path.Combine(Out, "note.txt"), "mine");

        Save(Out, force: true, plan: "0-2");

        Assert.Equal(3, Checkpoint.Open(Out).Layers.Count);
        Assert.Equal(["out"], Names(_folder.Path));
        Assert.DoesNotContain("note.txt", Names(Out));
    }

    [Fact]
    public void Force_keeps_the_earlier_result_until_the_new_one_is_complete()
    {
        Save(Out);

        Assert.ThrowsAny<OperationCanceledException>(() => SaveStopped(Out, force: true));

        Assert.Equal(5, Checkpoint.Open(Out).Layers.Count);
        Assert.Equal(["out"], Names(_folder.Path));
    }

    [Fact]
    public void Force_does_not_replace_a_folder_that_is_no_checkpoint()
    {
        _folder.Write("out/letter.txt", "dear");

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Save(Out, force: true));

        Assert.Contains("holds no config.json", fault.Message);
        Assert.Equal(["letter.txt"], Names(Out));
    }

    [Theory]
    [InlineData("source", "is the checkpoint that is read")]
    [InlineData("source/inside", "lie in one another")]
    [InlineData("", "lie in one another")]
    [InlineData("link", "is the checkpoint that is read")]
    [InlineData("link/../source", "is the checkpoint that is read")]
    public void A_source_is_never_written_to(string place, string reason)
    {
        string source = Copy("llama", "source");
        Directory.CreateSymbolicLink(_folder.File("link"), source);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Save(
            new CheckpointSet(Checkpoint.Open(source)), "0-4", new SaveOptions(_folder.File(place)) { Force = true }));

        Assert.Contains(reason, fault.Message);
        Assert.Equal(5, Checkpoint.Open(source).Layers.Count);
    }

    [Fact]
    public void A_file_in_the_place_of_the_output_is_kept()
    {
        _folder.Write("out", "a file");

        Assert.Contains("is a file", Assert.Throws<LayerToolException>(() => Save(Out, force: true)).Message);
        Assert.Equal("a file", File.ReadAllText(Out));
    }

    [Fact]
    public void A_stopped_save_leaves_nothing_not_even_the_folders_above()
    {
        Assert.ThrowsAny<OperationCanceledException>(() => SaveStopped(_folder.File("results/out"), force: false));

        Assert.Empty(Names(_folder.Path));
    }

    [Fact]
    public void What_a_killed_run_left_is_cleared_away_and_nothing_else()
    {
        string[] kept =
        [
            ".out.layertool-00000001", // of a run that is alive, in whatever container
            ".out.layertool-00000002", // of a run that is about to lock it
            ".out.layertool-00000003", // without a lock: not of this program
            ".out.replaced-0123abcd", // an earlier result that was on its way out
            ".layertool-notes",
        ];
        foreach (string name in kept)
        {
            _folder.Write($"{name}/contents/model.safetensors", "");
        }

        _folder.Write($"{kept[0]}/lock", "L");
        _folder.Write($"{kept[1]}/lock", "");
        _folder.Write(".out.layertool-00000004/lock", "L");
        _folder.Write(".out.layertool-00000004/contents/model.safetensors", "");
        using FileStream alive = new(_folder.File($"{kept[0]}/lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Save(Out);

        Assert.Equal(kept.Append("out").Order(StringComparer.Ordinal), Names(_folder.Path));
        Assert.All(kept, name => Assert.True(File.Exists(_folder.File($"{name}/contents/model.safetensors"))));
    }

    [Fact]
    public void Another_run_s_folder_is_left_alone_while_it_is_written()
    {
        using StagedFolder other = StagedFolder.Create(Out, force: false);

        Save(_folder.File("second"));

        Assert.True(Directory.Exists(other.Folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_two_runs_for_one_place_one_wins_and_the_other_says_so(bool force)
    {
        LayerToolException? fault = null;

        Save(SavedCheckpoint.Golden("llama-headdim"), "0-4", new SaveOptions(Out), new DoOnFirstStep(() =>
            fault = Assert.Throws<LayerToolException>(() => Save(Out, force: force, plan: "0-2"))));

        Assert.Equal($"`{Out}` is being written by another run of layertool", fault?.Message);
        Assert.Equal(5, Checkpoint.Open(Out).Layers.Count);
        Assert.Equal(["out"], Names(_folder.Path));
    }

    [Theory]
    [InlineData("writing")]
    [InlineData("ab12")]
    public void What_a_killed_run_left_does_not_stand_in_the_way(string name)
    {
        _folder.Write($".out.layertool-{name}/lock", "L");
        _folder.Write($".out.layertool-{name}/contents/model.safetensors", "");

        Save(Out);

        Assert.Equal(["out"], Names(_folder.Path));
    }

    [Fact]
    public void A_source_that_is_written_to_while_it_is_copied_is_refused()
    {
        string source = Copy("llama-headdim", "source");
        string weights = Path.Combine(source, "model.safetensors");

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Save(
            new CheckpointSet(Checkpoint.Open(source)), "0-4", new SaveOptions(Out),
            new DoOnFirstStep(() => File.SetLastWriteTimeUtc(weights, DateTime.UtcNow.AddSeconds(1)))));

        Assert.Equal($"{weights}: has changed since it was opened", fault.Message);
        Assert.Equal(["source"], Names(_folder.Path));
    }

    [Fact]
    public void A_folder_that_appears_meanwhile_is_not_replaced_even_where_it_is_empty()
    {
        using (StagedFolder staged = StagedFolder.Create(Out, force: false))
        {
            Directory.CreateDirectory(Out);

            Assert.Equal($"`{Out}` exists", Assert.Throws<LayerToolException>(staged.Commit).Message);
        }

        Assert.Equal(["out"], Names(_folder.Path));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_named_and_not_the_output()
    {
        string source = Copy("llama-headdim", "source");
        File.CreateSymbolicLink(Path.Combine(source, "notes.txt"), _folder.File("nowhere"));

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Save(new CheckpointSet(Checkpoint.Open(source)), "0-4", new SaveOptions(Out)));

        Assert.StartsWith($"{source}/notes.txt: cannot be read, and travels with the checkpoint: ", fault.Message, StringComparison.Ordinal);
        Assert.Equal(["source"], Names(_folder.Path));
    }

    [Fact]
    public void A_file_that_fails_in_the_middle_is_named_and_not_the_output()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads a file of Linux that opens and cannot be read");
        using MemoryStream copy = new();

        LayerToolException fault = Assert.Throws<LayerToolException>(() => CarriedFiles.Copy("/proc/self/mem", copy, TestContext.Current.CancellationToken));

        Assert.StartsWith("/proc/self/mem: cannot be read", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_told_before_anything_is_written()
    {
        using TemporaryDisk disk = new(megabytes: 1);
        File.WriteAllBytes(Path.Combine(disk.Path, "filler"), new byte[1_000_000]);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Save(Path.Combine(disk.Path, "out")));

        Assert.Matches(@"^`.*/out` needs 0\.1 MB, and its disk has 0\.0 MB free$", fault.Message);
        Assert.Equal(["filler"], Names(disk.Path));
    }

    [Fact]
    public void A_disk_that_fills_up_meanwhile_is_told_and_left_as_it_was()
    {
        using TemporaryDisk disk = new(megabytes: 1);
        string filler = Path.Combine(disk.Path, "filler");
        FillOnFirstStep fill = new(filler);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Save(
            SavedCheckpoint.Golden("llama"), "(0-4)x8", new SaveOptions(Path.Combine(disk.Path, "out")), fill));

        Assert.Contains("free", fault.Message);
        Assert.Contains(Path.Combine(disk.Path, "out"), fault.Message);
        Assert.Equal(["filler"], Names(disk.Path));
    }

    [Fact]
    public void A_read_only_disk_is_told()
    {
        using TemporaryDisk disk = new(megabytes: 1);
        disk.MakeReadOnly();

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Save(Path.Combine(disk.Path, "out")));

        Assert.StartsWith($"`{disk.Path}/out` cannot be written: Read-only file system", fault.Message);
        Assert.Empty(Names(disk.Path));
    }

    [Fact]
    public void Files_beside_the_weights_travel_and_other_weights_do_not()
    {
        string source = Copy("llama-sharded", "source");
        string[] carried = ["LICENSE", "README.md", "additional_chat_templates/tool.jinja", "generation_config.json", "modeling_own.py", "tokenizer.json", "tokenizer.model"];
        string[] left =
        [
            "layertool.json", "pytorch_model.bin", "pytorch_model.bin.index.json", "model.gguf", "original/params.json", "original/consolidated.00.pth",
            "params.json", "tekken.json", "consolidated.safetensors", "expected.json", "expected.safetensors", "donor/config.json", "donor/model.safetensors", ".gitattributes", "training_args.bin",
        ];
        foreach (string name in carried.Concat(left))
        {
            _folder.Write($"source/{name}", name);
        }

        SaveResult result = Save(new CheckpointSet(Checkpoint.Open(source)), "0-4", new SaveOptions(Out));

        Assert.Equal(carried, result.CarriedFiles);
        Assert.All(carried, name => Assert.Equal(name, File.ReadAllText(Path.Combine(Out, name))));
        Assert.Equal(["LICENSE", "README.md", "additional_chat_templates", "config.json", "generation_config.json", "layertool.json", "model.safetensors", "modeling_own.py", "tokenizer.json", "tokenizer.model"], Names(Out));
    }

    public void Dispose() => _folder.Dispose();

    private static SaveResult Save(string folder, bool force = false, string plan = "0-4") =>
        Save(SavedCheckpoint.Golden("llama-headdim"), plan, new SaveOptions(folder) { Force = force });

    private static SaveResult Save(CheckpointSet sources, string plan, SaveOptions options, IProgress<Step>? progress = null) =>
        CheckpointSaver.Save(sources, PlanNotation.Parse(plan), options, progress, TestContext.Current.CancellationToken);

    private static void SaveStopped(string folder, bool force)
    {
        using CancellationTokenSource source = new();
        CheckpointSaver.Save(SavedCheckpoint.Golden("llama"), LayerPlan.Identity(5), new SaveOptions(folder) { Force = force }, new StopOnFirstStep(source), source.Token);
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    /// <summary>A checkpoint of golden/models without what else lies there.</summary>
    private string Copy(string model, string name)
    {
        string source = SharedFiles.Find($"golden/models/{model}");
        foreach (string file in Directory.GetFiles(source, "model*").Append(Path.Combine(source, "config.json")))
        {
            Directory.CreateDirectory(_folder.File(name));
            File.Copy(file, Path.Combine(_folder.File(name), Path.GetFileName(file)));
        }

        return _folder.File(name);
    }

    private sealed class StopOnFirstStep(CancellationTokenSource source) : IProgress<Step>
    {
        public void Report(Step value) => source.Cancel();
    }

    private sealed class DoOnFirstStep(Action action) : IProgress<Step>
    {
        private bool _done;

        public void Report(Step value)
        {
            if (!_done)
            {
                _done = true;
                action();
            }
        }
    }

    private sealed class FillOnFirstStep(string filler) : IProgress<Step>
    {
        public void Report(Step value)
        {
            if (!File.Exists(filler))
            {
                File.WriteAllBytes(filler, new byte[700_000]);
            }
        }
    }
}
