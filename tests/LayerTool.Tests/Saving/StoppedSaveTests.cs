using System.Diagnostics;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Saving;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Saving;

/// <summary>The program stopped while it writes, from outside and in the middle.</summary>
public sealed class StoppedSaveTests : IDisposable
{
    private const int Layers = 8;
    private const long LayerElements = 100_000_000;

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_in_the_middle_of_a_save_leaves_nothing(string signal, int exitCode)
    {
        CommandRun run = await SignalledInTheMiddle(signal);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(["source"], Names());
    }

    [Fact]
    public async Task What_a_killed_save_leaves_is_no_checkpoint_and_goes_with_the_next_one()
    {
        CommandRun run = await SignalledInTheMiddle("KILL");

        Assert.NotEqual(0, run.ExitCode);
        Assert.DoesNotContain("out", Names());
        Assert.Contains(Names(), IsLeftover);

        CheckpointSaver.Save(SavedCheckpoint.Golden("llama"), LayerPlan.Identity(5), new SaveOptions(_folder.File("other")), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["other", "source"], Names());
    }

    public void Dispose() => _folder.Dispose();

    private async Task<CommandRun> SignalledInTheMiddle(string signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "signals are those of Linux");
        MakeSource();
        using Process process = CommandRun.StartChild("skip", _folder.File("source"), "--layers", "1", "-o", _folder.File("out"));
        while (!Names().Any(IsBegun) && !process.HasExited)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        using Process kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]);
        return await CommandRun.FinishAsync(process);
    }

    /// <summary>Large enough to be caught at; its weights are a hole in the file.</summary>
    private void MakeSource()
    {
        _folder.Write("source/config.json", $$"""{"model_type": "large-kind", "num_hidden_layers": {{Layers}}}""");
        TensorDeclaration[] tensors = [.. Enumerable.Range(0, Layers).Select(layer => new TensorDeclaration($"model.layers.{layer}.weight", TensorDtype.BF16, [LayerElements]))];
        byte[] header = HeaderText.Write(SafetensorsWriter.InLayout(tensors), new Dictionary<string, string> { ["format"] = "pt" });
        using FileStream stream = File.Create(_folder.File("source/model.safetensors"));
        stream.Write(BitConverter.GetBytes((long)header.Length));
        stream.Write(header);
        stream.SetLength(stream.Position + tensors.Sum(tensor => tensor.ByteCount));
    }

    /// <summary>Locked, that is, and about to be written.</summary>
    private bool IsBegun(string name) => IsLeftover(name) && Directory.Exists(_folder.File($"{name}/contents"));

    private static bool IsLeftover(string name) => name.StartsWith(".out.layertool-", StringComparison.Ordinal);

    private IEnumerable<string> Names() =>
        Directory.EnumerateFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);
}
