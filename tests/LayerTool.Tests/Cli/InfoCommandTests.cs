using System.Text.Json.Nodes;
using LayerTool.Cli;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

[Collection(TorchCollection.Name)]
public sealed class InfoCommandTests
{
    [Fact]
    public async Task Json_holds_versions_library_and_machine()
    {
        CommandRun run = await CommandRun.InProcessAsync("info", "--json", "--threads", "2");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        JsonObject info = JsonNode.Parse(run.Output)!.AsObject();
        Assert.Equal("layertool.info/1", info["schema"]!.GetValue<string>());
        Assert.Equal(ProductVersion.Text, info["version"]!.GetValue<string>());
        Assert.Equal("0.107.0", info["torchSharp"]!.GetValue<string>());
        Assert.Matches(@"^\S+ \d+\.\d+\.\d+$", info["libtorch"]!.GetValue<string>());
        Assert.NotEmpty(Directory.GetFiles(info["libtorchFolder"]!.GetValue<string>(), "*torch_cpu*"));
        Assert.Equal(2, info["threads"]!.GetValue<int>());
        Assert.Equal("cpu", info["devices"]![0]!.GetValue<string>());
        Assert.InRange(info["memoryAvailableBytes"]!.GetValue<long>(), 1, long.MaxValue);
    }

    [Fact]
    public async Task Instructions_are_those_that_the_system_lists()
    {
        const string Listing = "/proc/cpuinfo";
        Assert.SkipUnless(File.Exists(Listing), "there is no /proc/cpuinfo to compare with");
        string[] flags = (await File.ReadAllLinesAsync(Listing, TestContext.Current.CancellationToken))
            .First(line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal)).Split(' ');

        CommandRun run = await CommandRun.InProcessAsync("info", "--json");

        string[] names = [.. JsonNode.Parse(run.Output)!["instructions"]!.AsArray().Select(name => name!.GetValue<string>())];
        string[] listed = [.. ((string[])["avx2", "avx512_bf16", "amx_bf16"]).Where(name => flags.Contains(name))];
        Assert.Equal(listed, names.Intersect(["avx2", "avx512_bf16", "amx_bf16"]));
    }
}
