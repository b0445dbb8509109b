using System.Globalization;
using System.Text.RegularExpressions;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary>Commands on a model that is larger than the memory: 5.3 MB of float32 weights, 0.4 MB a layer, under a limit of 3 MB.</summary>
[Collection(TorchCollection.Name)]
public sealed class OffloadRunTests : IDisposable
{
    private const string Limit = "LAYERTOOL_MEMORY_LIMIT";

    public void Dispose() => Environment.SetEnvironmentVariable(Limit, null);

    [Theory]
    [InlineData("text", "generate MODEL --prompt Once -n 4")]
    [InlineData("nll_sum", "eval MODEL --text TEXT")]
    [InlineData("attention", "score MODEL --calib TEXT --seq 16 --samples 2")]
    [InlineData("loss", "compare MODEL MODEL --text TEXT")]
    [InlineData("nllSum", "skip MODEL --layers 2 --eval TEXT")]
    public async Task It_is_refused_with_the_way_out_and_that_way_gives_the_same(string field, string line)
    {
        using TempFolder temp = new();
        string text = temp.Write("text.txt", "Once upon a time there was a little girl named Lily. She had a red ball.");
        string model = Path.Combine(SharedFiles.Repository, "samples", "pair", "base");
        string[] args =
        [
            .. line.Split(' ').Select(word => word.Replace("TEXT", text, StringComparison.Ordinal).Replace("MODEL", model, StringComparison.Ordinal)),
            "--dtype", "float32", "--json",
        ];
        CommandRun whole = await CommandRun.InProcessAsync(args);
        Environment.SetEnvironmentVariable(Limit, "3000000");

        CommandRun refused = await CommandRun.InProcessAsync(args);
        CommandRun offloaded = await CommandRun.InProcessAsync([.. args, "--offload"]);

        Assert.Equal((0, 1, 0), (whole.ExitCode, refused.ExitCode, offloaded.ExitCode));
        Assert.Contains("hint: `--offload` holds the weights of one slot at a time and needs ", refused.Errors, StringComparison.Ordinal);
        string[] expected = Values(whole, field);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Values(offloaded, field));
    }

    /// <summary>The values of a JSON field, numbers rounded: one row alone changes in its last bits with where its weights lie.</summary>
    private static string[] Values(CommandRun run, string field) =>
    [
        .. Regex.Matches(run.Output, $"\"{field}\": (.*)").Select(match => double.TryParse(match.Groups[1].Value.TrimEnd(','), CultureInfo.InvariantCulture, out double number)
            ? number.ToString("G4", CultureInfo.InvariantCulture)
            : match.Groups[1].Value),
    ];
}
