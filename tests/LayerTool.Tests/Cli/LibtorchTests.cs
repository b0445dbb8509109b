using System.Diagnostics;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary>Another libtorch than the packaged one. Each line runs as a process of its own: a library is loaded once.</summary>
public sealed class LibtorchTests : IDisposable
{
    private static readonly string[] Names = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];

    private readonly TempFolder _temp = new();

    private static string Packaged => Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");

    public LibtorchTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Another libtorch can be taken on Linux only.");
    }

    [Fact]
    public async Task Libraries_of_another_folder_take_the_place_of_the_packaged_ones()
    {
        foreach (string library in Directory.GetFiles(Packaged).Where(file => Path.GetFileName(file) != "libLibTorchSharp.so"))
        {
            File.Copy(library, _temp.File(Path.GetFileName(library))); // a link would be the packaged file itself to the loader
        }

        CommandRun byOption = await RunAsync(_temp.Path);
        CommandRun byEnvironment = await RunAsync(option: null, environment: _temp.Path);
        CommandRun computing = await CommandRun.InChildAsync(
            Path.Combine(SharedFiles.Repository, "samples", "pair"), ["generate", "base", "--prompt", "Vera", "-n", "2", "--quiet", "--libtorch", _temp.Path]);

        Assert.Equal((0, ""), (byOption.ExitCode, byOption.Errors));
        Assert.Contains($"from {_temp.Path}", byOption.Output, StringComparison.Ordinal);
        Assert.Contains($"from {_temp.Path}", byEnvironment.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (computing.ExitCode, computing.Errors));
    }

    [Fact]
    public async Task Of_a_libtorch_of_another_version_the_first_missing_symbol_is_said()
    {
        WriteStubs(StubLibrary.X64);

        CommandRun run = await RunAsync(_temp.Path);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Matches(@"^error: libLibTorchSharp\.so does not load with the libtorch of \S+: undefined symbol: _Z\w+\r?\n", run.Errors);
        Assert.Contains("hint: that libtorch is of another version", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_libtorch_that_is_not_the_one_in_use_is_said()
    {
        foreach (string name in Names)
        {
            File.WriteAllBytes(_temp.File(name), StubLibrary.Of("nameless", StubLibrary.X64)); // what needs it asks for the name inside, and so takes the packaged one
        }

        CommandRun run = await RunAsync(_temp.Path);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains($"the libtorch folder {_temp.Path} is not the one that is used", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_for_another_processor_is_said_with_both()
    {
        WriteStubs(StubLibrary.Arm64);

        CommandRun run = await RunAsync(_temp.Path);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("libc10.so is for another processor: aarch64, expected x86-64", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("empty", "holds no libc10.so")]
    [InlineData("nowhere", "there is no libtorch folder")]
    [InlineData("text", "libc10.so is no library: it has no ELF header")]
    public async Task A_folder_without_the_library_is_said(string kind, string message)
    {
        string folder = _temp.File(kind);
        if (kind != "nowhere")
        {
            Directory.CreateDirectory(folder);
        }

        if (kind == "text")
        {
            Array.ForEach(Names, name => File.WriteAllText(Path.Combine(folder, name), "version https://git-lfs"));
        }

        CommandRun run = await RunAsync(folder);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.Contains("hint: ", run.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _temp.Dispose();

    private void WriteStubs(ushort machine) => Array.ForEach(Names, name => File.WriteAllBytes(_temp.File(name), StubLibrary.Of(name, machine)));

    private static async Task<CommandRun> RunAsync(string? option, string? environment = null)
    {
        string[] args = option is null ? ["info"] : ["info", "--libtorch", option];
        using Process process = CommandRun.StartChild(new Dictionary<string, string?> { ["LAYERTOOL_LIBTORCH"] = environment }, args);
        return await CommandRun.FinishAsync(process);
    }
}
