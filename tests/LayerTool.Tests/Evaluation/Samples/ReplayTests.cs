using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Evaluation.Samples;

/// <summary>What lm-evaluation-harness itself answered, written as it logs samples, is asked again from the command line.</summary>
[Collection(TorchCollection.Name)]
public sealed class ReplayTests : IDisposable
{
    private const int Most = 8;

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("arc_easy-5", 4)]
    [InlineData("winogrande-0", 2)]
    [InlineData("boolq-0", 2)]
    [InlineData("lambada_openai-0", 1)]
    [InlineData("wikitext-0", 1)]
    [InlineData("gsm8k-2", 1)]
    public async Task Samples_of_the_harness_are_answered_as_it_answered_them(string run, int requests)
    {
        (string file, int documents) = Write(run, answer => answer);

        JsonNode result = await Replay(file);

        Assert.Equal(documents, result["documents"]!.GetValue<int>());
        Assert.InRange(result["requests"]!.GetValue<int>(), documents * requests, documents * 5);
        Assert.Equal(0, result["beyondTolerance"]!.GetValue<int>());
        Assert.Empty(result["flipped"]!.AsArray());
    }

    [Fact]
    public async Task An_answer_that_is_another_here_is_shown()
    {
        (string file, int documents) = Write("arc_easy-5", answer => answer - 1000);

        JsonNode result = await Replay(file);

        Assert.Equal(4 * documents, result["beyondTolerance"]!.GetValue<int>());
        Assert.Equal(1000, result["largestDifference"]!.GetValue<double>(), 0.01);
    }

    private static async Task<JsonNode> Replay(string file)
    {
        CommandRun run = await CommandRun.InProcessAsync("eval", SharedFiles.Model("stories260K"), "--replay", file, "--dtype", "float32", "--threads", "1", "--json");
        Assert.True(run.ExitCode == 0, run.Errors);
        return JsonNode.Parse(run.Output)!;
    }

    /// <summary>The file that <c>lm_eval --log_samples</c> writes: arguments by name, numbers and flags as text.</summary>
    private (string File, int Documents) Write(string run, Func<double, double> changed)
    {
        JsonElement[] samples = [.. HarnessRecord.Read("stories260K", run).Samples.Take(Most)];
        return (_temp.Write($"samples_{run}.jsonl", string.Join('\n', samples.Select(sample => Row(sample, changed).ToJsonString()))), samples.Length);
    }

    private static JsonObject Row(JsonElement sample, Func<double, double> changed)
    {
        (JsonArray Arguments, JsonNode Answer)[] requests = [.. Requests(sample, changed)];
        return new JsonObject
        {
            ["doc_id"] = sample.GetProperty("doc").GetInt32(),
            ["doc"] = new JsonObject(),
            ["target"] = "",
            ["arguments"] = new JsonObject(requests.Select((request, index) => KeyValuePair.Create(
                $"gen_args_{index}", (JsonNode?)new JsonObject(request.Arguments.Select((argument, place) => KeyValuePair.Create($"arg_{place}", argument?.DeepClone())))))),
            ["resps"] = new JsonArray([.. requests.Select(request => new JsonArray(request.Answer.DeepClone()))]),
            ["filtered_resps"] = new JsonArray([.. requests.Select(request => request.Answer)]),
            ["filter"] = "none",
            ["metrics"] = new JsonArray("acc"),
        };
    }

    private static IEnumerable<(JsonArray Arguments, JsonNode Answer)> Requests(JsonElement sample, Func<double, double> changed)
    {
        string Number(JsonElement value) => changed(value.GetDouble()).ToString("R", CultureInfo.InvariantCulture);

        if (sample.TryGetProperty("windows", out _))
        {
            yield return (new JsonArray(sample.GetProperty("text").GetString()), JsonValue.Create(Number(sample.GetProperty("ll"))));
        }
        else if (sample.TryGetProperty("gen_kwargs", out JsonElement rules))
        {
            yield return (new JsonArray(sample.GetProperty("ctx").GetString(), JsonNode.Parse(rules.GetRawText())), JsonValue.Create(sample.GetProperty("text").GetString()!));
        }
        else
        {
            JsonElement contexts = sample.GetProperty("ctx"), continuations = sample.GetProperty("cont");
            for (int index = 0; index < continuations.GetArrayLength(); index++)
            {
                string context = (contexts.ValueKind == JsonValueKind.Array ? contexts[index] : contexts).GetString()!;
                string greedy = sample.GetProperty("greedy")[index].GetBoolean() ? "True" : "False";
                yield return (new JsonArray(context, continuations[index].GetString()), new JsonArray(Number(sample.GetProperty("ll")[index]), greedy));
            }
        }
    }
}
