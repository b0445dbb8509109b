using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Evaluation.Metrics;
using LayerTool.Evaluation.Tasks;

namespace LayerTool.Evaluation.Samples;

/// <summary>A document's result as lm-evaluation-harness logs it: one object a document and filter.</summary>
public static class SampleJson
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new(OneLine) { WriteIndented = true };

    /// <summary>The lines of a document.</summary>
    public static IEnumerable<string> Lines(EvaluationTask task, DocumentResult result)
    {
        IEnumerable<string> filters = result.Filtered.IsEmpty ? ["none"] : result.Filtered.Select(pair => pair.Filter);
        return filters.Select(filter => Sample(task, result, filter).ToJsonString(OneLine));
    }

    private static JsonObject Sample(EvaluationTask task, DocumentResult result, string filter)
    {
        PreparedDocument document = result.Document;
        JsonNode row = JsonNode.Parse(document.Document.Row.Value.GetRawText())!;
        string target = document.Document.Target.ToString();
        JsonObject sample = new()
        {
            ["doc_id"] = document.Id,
            ["doc"] = row,
            ["target"] = target,
            ["arguments"] = new JsonObject(document.Requests.Select((request, index) => KeyValuePair.Create<string, JsonNode?>(
                $"gen_args_{index.ToString(CultureInfo.InvariantCulture)}", Arguments(task, request)))),
            ["resps"] = List(result.Answers.Select(answer => (JsonNode)List([Response(task, answer, answer.Text)]))),
            ["filtered_resps"] = List(result.Answers.Select(answer => Response(
                task, answer, result.Filtered.IsEmpty ? answer.Text : result.Filtered.First(pair => pair.Filter == filter).Text))),
            ["filter"] = filter,
            ["metrics"] = List(task.Metrics.Select(metric => (JsonNode)JsonValue.Create(metric.Name())!)),
            ["doc_hash"] = Hash(row.ToJsonString(Indented)),
            ["prompt_hash"] = Hash(task.Output == OutputType.Rolling ? document.Requests[0].Continuation! : document.Requests[0].Context),
            ["target_hash"] = Hash(target),
        };
        foreach ((MetricKind metric, _, MetricValue value) in result.Values.Where(value => value.Filter == filter))
        {
            sample[metric.Name()] = IsPair(metric) ? List([JsonValue.Create(value.Value)!, JsonValue.Create(value.Other)!]) : JsonValue.Create(value.Value);
        }

        return sample;
    }

    private static JsonObject Arguments(EvaluationTask task, TextRequest request) => task.Output switch
    {
        OutputType.Rolling => new JsonObject { ["arg_0"] = request.Continuation },
        OutputType.GenerateUntil => new JsonObject { ["arg_0"] = request.Context, ["arg_1"] = Generation(task.Generation!) },
        _ => new JsonObject { ["arg_0"] = request.Context, ["arg_1"] = request.Continuation },
    };

    private static JsonObject Generation(GenerationRules rules) => new()
    {
        ["until"] = List(rules.Until.Select(text => (JsonNode)JsonValue.Create(text)!)),
        ["do_sample"] = rules.Sample,
        ["temperature"] = rules.Temperature,
    };

    // The harness writes numbers and flags as Python's text of them.
    private static JsonNode Response(EvaluationTask task, RequestAnswer answer, string? text) => task.Output switch
    {
        OutputType.GenerateUntil => JsonValue.Create(text)!,
        OutputType.Rolling => JsonValue.Create(Number(answer.LogLikelihood))!,
        _ => List([JsonValue.Create(Number(answer.LogLikelihood))!, JsonValue.Create(answer.IsGreedy ? "True" : "False")!]),
    };

    private static string Number(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny(".eEIN") ? text : text + ".0";
    }

    private static bool IsPair(MetricKind metric) => metric is MetricKind.WordPerplexity or MetricKind.BytePerplexity or MetricKind.BitsPerByte
        or MetricKind.TokenPerplexity or MetricKind.F1 or MetricKind.Matthews;

    private static JsonArray List(IEnumerable<JsonNode> items) => new([.. items]);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
