using LayerTool.Tests.Support;
using TorchSharp;
using Xunit;

namespace LayerTool.Tests.Cli;

/// <summary>No command leaves a tensor behind: what is made is disposed, on whatever thread.</summary>
[Collection(TorchCollection.Name)]
public sealed class LiveTensorTests
{
    [Theory]
    [InlineData("generate MODEL -p Once -n 4")]
    [InlineData("verify GOLDEN")]
    [InlineData("verify MODEL --record TEMP/reference.safetensors --text TEXT")]
    [InlineData("score MODEL --calib TEXT --seq 32 --samples 2")]
    [InlineData("drop MODEL --attn 1 --calib TEXT --seq 32 --samples 2 --eval TEXT")]
    [InlineData("drop MODEL --attn --calib TEXT --seq 32 --samples 2")]
    [InlineData("eval MODEL --text TEXT")]
    [InlineData("eval MODEL --text TEXT --packed --seq 32")]
    [InlineData("skip MODEL --layers 2 --eval TEXT")]
    [InlineData("repeat MODEL --layers 1-2 --times 2 --eval TEXT")]
    [InlineData("restore MODEL --layers 1-2 --from DONOR --eval TEXT -o TEMP/out")]
    [InlineData("restore POST --from BASE --auto crc --prompts CHARACTERS --max-width 2 --soup --eval TEXT")]
    [InlineData("eval POST --diversity CHARACTERS --diversity TEMP/towns.jsonl --samples 2 -n 3")]
    [InlineData("edit MODEL --plan 0-1,[2|3*0.5],4.mlp --eval TEXT")]
    [InlineData("tie MODEL --loops 5 --lora-rank 4 --eval TEXT -o TEMP/out")]
    [InlineData("tie MODEL --loops 5 --lora-rank 4 --layout compact --eval TEXT -o TEMP/out")]
    [InlineData("inspect MODEL")]
    [InlineData("info")]
    public async Task A_command_leaves_as_many_live_tensors_as_it_found(string line)
    {
        using TempFolder temp = new();
        string text = temp.Write("text.txt", string.Concat(Enumerable.Repeat("Once upon a time there was a little girl named Lily. ", 12)));
        temp.Write("towns.jsonl", "{\"prompt\": \"Name a town.\"}");
        string[] args =
        [
            .. line.Split(' ').Select(word => word
                .Replace("TEMP", temp.Path, StringComparison.Ordinal)
                .Replace("TEXT", text, StringComparison.Ordinal)
                .Replace("POST", Path.Combine(SharedFiles.Repository, "samples", "pair", "post"), StringComparison.Ordinal)
                .Replace("BASE", Path.Combine(SharedFiles.Repository, "samples", "pair", "base"), StringComparison.Ordinal)
                .Replace("CHARACTERS", Path.Combine(SharedFiles.Repository, "samples", "pair", "characters.jsonl"), StringComparison.Ordinal)
                .Replace("MODEL", SharedFiles.Model("stories260K"), StringComparison.Ordinal)
                .Replace("DONOR", SharedFiles.Model("aidreams260K"), StringComparison.Ordinal)
                .Replace("GOLDEN", SharedFiles.Find("golden/models/qwen2-window"), StringComparison.Ordinal)),
        ];
        long before = torch.Tensor.TotalCount;

        CommandRun run = await CommandRun.InProcessAsync(args);

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(before, torch.Tensor.TotalCount);
    }
}
