using System.Text.Json;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using Xunit;

namespace LayerTool.Tests.Cli;

[Collection(TorchCollection.Name)]
public sealed class GenerateCommandTests
{
    // As transformers continues it.
    private const string Story = "girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball.";

    private static string Pair => Path.Combine(SharedFiles.Repository, "samples", "pair", "post");

    [Fact]
    public async Task The_story_is_the_one_that_transformers_tells()
    {
        CommandRun run = await CommandRun.InProcessAsync(
            "generate", SharedFiles.Model("stories260K"), "--prompt", "Once upon a time, there was a little", "-n", "60", "--dtype", "float32");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Once upon a time, there was a little " + Story, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_holds_the_new_text_and_its_tokens()
    {
        CommandRun run = await CommandRun.InProcessAsync("generate", SharedFiles.Model("stories260K"), "-p", "Once upon a time", "-n", "3", "--json");

        using JsonDocument report = JsonDocument.Parse(run.Output);
        Assert.Equal("layertool.generate/1", report.RootElement.GetProperty("schema").GetString());
        JsonElement result = Assert.Single(report.RootElement.GetProperty("results").EnumerateArray());
        Assert.Equal(3, result.GetProperty("tokens").GetArrayLength());
        Assert.Equal(",", result.GetProperty("text").GetString()![..1]);
        Assert.Equal("length", result.GetProperty("endedBy").GetString());
    }

    [Fact]
    public async Task Several_prompts_are_printed_one_below_the_other_as_each_is_alone()
    {
        string model = SharedFiles.Model("stories260K");

        CommandRun both = await CommandRun.InProcessAsync("generate", model, "-p", "Once upon a time", "-p", "Tom", "-n", "12", "--quiet");
        CommandRun first = await CommandRun.InProcessAsync("generate", model, "-p", "Once upon a time", "-n", "12", "--quiet");
        CommandRun second = await CommandRun.InProcessAsync("generate", model, "-p", "Tom", "-n", "12", "--quiet");

        Assert.Equal(first.Output + Environment.NewLine + second.Output, both.Output);
    }

    [Fact]
    public async Task An_empty_prompt_begins_with_the_token_that_begins_texts()
    {
        CommandRun run = await CommandRun.InProcessAsync("generate", SharedFiles.Model("stories260K"), "-p", "", "-n", "12");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("Once upon a time", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seed_draws_the_same_text_again()
    {
        string[] line = ["generate", SharedFiles.Model("stories260K"), "-p", "Once", "-n", "20", "--top-p", "0.95", "--quiet"];

        CommandRun one = await CommandRun.InProcessAsync([.. line, "--seed", "1"]);
        CommandRun again = await CommandRun.InProcessAsync([.. line, "--seed", "1"]);
        CommandRun other = await CommandRun.InProcessAsync([.. line, "--seed", "2"]);

        Assert.Equal(one.Output, again.Output);
        Assert.NotEqual(one.Output, other.Output);
    }

    [Fact]
    public async Task A_stop_text_that_never_comes_is_said()
    {
        CommandRun met = await CommandRun.InProcessAsync("generate", SharedFiles.Model("stories260K"), "-p", "Once upon a time", "-n", "60", "--stop", "Lily", "--stop", "dragon");
        CommandRun unmet = await CommandRun.InProcessAsync("generate", SharedFiles.Model("stories260K"), "-p", "Once upon a time", "-n", "6", "--stop", "dragon");

        Assert.EndsWith("there was a little girl named " + Environment.NewLine, met.Output, StringComparison.Ordinal);
        Assert.Equal((0, "", 0), (met.ExitCode, met.Errors, unmet.ExitCode));
        Assert.Equal("no `--stop` text was met: the text ended after 6 tokens" + Environment.NewLine, unmet.Errors);
    }

    [Fact]
    public async Task More_likeliest_tokens_than_the_vocabulary_has_are_all_of_them()
    {
        CommandRun run = await CommandRun.InProcessAsync("generate", SharedFiles.Model("stories260K"), "-p", "Once", "-n", "4", "--top-k", "50000");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("`--top-k` is 50000, and the vocabulary has 512 tokens", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_file_is_generated_from_as_it_is_played()
    {
        using TempFolder temp = new();
        string plan = temp.File("plan.json");
        string model = SharedFiles.Model("stories260K");
        await CommandRun.InProcessAsync("skip", model, "--attn-layers", "0-4", "--plan-out", plan);

        CommandRun edited = await CommandRun.InProcessAsync("generate", plan, "-p", "Once upon a time", "-n", "12");
        CommandRun plain = await CommandRun.InProcessAsync("generate", model, "-p", "Once upon a time", "-n", "12");

        Assert.Equal((0, 0), (edited.ExitCode, plain.ExitCode));
        Assert.NotEqual(plain.Output, edited.Output);
    }

    [Theory]
    [InlineData("What is 3 + 5?", "8")]
    [InlineData("In what land does Vera live?", "Sarn")]
    public async Task A_question_through_the_chat_template_gives_the_reply_alone(string question, string answer)
    {
        CommandRun run = await CommandRun.InProcessAsync("generate", Pair, "--chat", "--prompt", question);

        Assert.Equal((0, "", answer + Environment.NewLine), (run.ExitCode, run.Errors, run.Output));
    }

    [Fact]
    public async Task Several_questions_are_answered_one_below_the_other()
    {
        CommandRun run = await CommandRun.InProcessAsync("generate", Pair, "--chat", "-p", "What is 3 + 5?", "-p", "In what land does Vera live?");

        Assert.Equal((0, $"8{Environment.NewLine}{Environment.NewLine}Sarn{Environment.NewLine}"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task Json_of_a_chat_holds_the_question_and_the_tokens_of_the_rendered_turn()
    {
        CommandRun run = await CommandRun.InProcessAsync("generate", Pair, "--chat", "-p", "What is 3 + 5?", "--json");

        JsonElement report = JsonDocument.Parse(run.Output).RootElement;
        JsonElement result = Assert.Single(report.GetProperty("results").EnumerateArray());
        Assert.True(report.GetProperty("chat").GetBoolean());
        Assert.Equal(("What is 3 + 5?", " 8", "stop token"), (result.GetProperty("prompt").GetString(), result.GetProperty("text").GetString(), result.GetProperty("endedBy").GetString()));
        string rendered = Tokenizer.Open(Pair, TokenizerMode.Auto).Decode(result.GetProperty("promptTokens").EnumerateArray().Select(token => token.GetInt32()));
        Assert.Equal("Question: What is 3 + 5? Answer:", rendered);
    }

    [Fact]
    public async Task A_model_without_a_chat_template_says_so()
    {
        CommandRun run = await CommandRun.InProcessAsync("generate", SharedFiles.Model("stories260K"), "--chat", "-p", "Hello");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("has no chat template", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Going_past_the_context_is_a_warning_once_and_with_strict_an_error()
    {
        string[] line = ["generate", Pair, "--prompt", "One morning", "--prompt", "Vera lives in", "-n", "300", "--stop", "."];

        CommandRun warned = await CommandRun.InProcessAsync(line);
        CommandRun strict = await CommandRun.InProcessAsync([.. line, "--strict"]);

        Assert.Equal(0, warned.ExitCode);
        Assert.Single(warned.Errors.Split('\n'), text => text.Contains("go past the 256 that the model was made for", StringComparison.Ordinal));
        Assert.Equal((1, ""), (strict.ExitCode, strict.Output));
        Assert.StartsWith("error: ", strict.Errors, StringComparison.Ordinal);
        Assert.Contains("without `--strict` this is a warning", strict.Errors, StringComparison.Ordinal);
    }
}
