using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Cli;

public sealed class UsageTests
{
    [Theory]
    [InlineData("error: unknown command `inf`\nhint: did you mean `info`?\n", "inf")]
    [InlineData("error: unknown option `--tread`\nhint: did you mean `--threads`?\n", "info", "--tread", "3")]
    [InlineData("error: unexpected argument `/h`\nhint: `layertool info --help` shows what there is\n", "info", "/h")]
    [InlineData("error: unexpected argument `@args`\nhint: `layertool info --help` shows what there is\n", "info", "@args")]
    [InlineData("error: unknown option `--attn`\nhint: `layertool info --help` shows what there is\n", "info", "--attn")]
    [InlineData("error: `--threads` is `two`, expected a whole number from 1 to 2147483647\nhint: `layertool info --help` shows what there is\n", "info", "--threads", "two")]
    [InlineData("error: `--dtype` is `flot32`, expected `auto`, `float32`, `bfloat16`, `float16` (did you mean `float32`?)\nhint: `layertool info --help` shows what there is\n", "info", "--dtype", "flot32")]
    [InlineData("error: `--device` is `gpu`, expected `auto`, `cpu`, `cuda`, `cuda:1`, or several with commas between\nhint: `layertool info --help` shows what there is\n", "info", "--device", "gpu")]
    public async Task A_wrong_line_is_answered_on_stderr_with_2(string errors, params string[] line)
    {
        CommandRun run = await CommandRun.InProcessAsync(line);

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Equal(errors, run.Errors.ReplaceLineEndings("\n"));
    }
}
