using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using LayerTool.Data;
using LayerTool.Evaluation.Metrics;
using LayerTool.Evaluation.Tasks;
using LayerTool.Faults;

namespace LayerTool.Evaluation.Samples;

/// <summary>
/// A file of samples that lm-evaluation-harness logged: what it asked, and what the model answered there. The same requests can be
/// asked again here, whatever task they came from.
/// </summary>
/// <param name="Task">The requests, as a task that measures nothing.</param>
/// <param name="Answers">For each document the answers that were logged.</param>
public sealed record LoggedSamples(PreparedTask Task, ImmutableArray<ImmutableArray<RequestAnswer>> Answers)
{
    private const string Hint = "give a `samples_*.jsonl` that `lm_eval --log_samples` or `layertool eval --log-samples` wrote";

    /// <summary>Reads a file.</summary>
    /// <exception cref="LayerToolException">It cannot be read, or a row is no sample.</exception>
    public static LoggedSamples Read(string file, double? limit = null)
    {
        List<PreparedDocument> documents = [];
        List<ImmutableArray<RequestAnswer>> answers = [];
        OutputType? kind = null;
        GenerationRules? rules = null;
        HashSet<int> seen = [];
        foreach (DataRow row in DataTable.Read(file))
        {
            if (!seen.Add(row.Integer("doc_id")) || answers.Count >= limit)
            {
                continue; // each filter has a row of its own, with the same requests
            }

            JsonElement[][] arguments = [.. Arguments(row)];
            OutputType own = KindOf(row, arguments[0]);
            if (kind is not null && kind != own)
            {
                throw new LayerToolException($"{row.Place} asks for {own}, the rows before for {kind}", Hint);
            }

            kind = own;
            rules ??= own == OutputType.GenerateUntil ? Rules(row, arguments[0][1]) : null;
            documents.Add(Document(row, arguments, own));
            answers.Add([.. row["resps"].EnumerateArray().Select(response => Answer(row, response, own))]);
            if (answers[^1].Length != arguments.Length)
            {
                throw new LayerToolException($"{row.Place} has {arguments.Length} requests and {answers[^1].Length} answers", Hint);
            }
        }

        EvaluationTask task = new()
        {
            Name = Path.GetFileNameWithoutExtension(file),
            Output = kind!.Value,
            Data = new DataSource(file),
            Target = _ => TaskTarget.Text(""),
            Metrics = [],
            Generation = rules,
        };
        return new LoggedSamples(PreparedTask.Of(task, "samples", [.. documents]), [.. answers]);
    }

    // {"gen_args_0": {"arg_0": …}} in files, [[…]] in the harness's own memory.
    private static IEnumerable<JsonElement[]> Arguments(DataRow row)
    {
        JsonElement all = row["arguments"];
        JsonElement[] requests = Items(row, all);
        return requests.Length > 0 ? requests.Select(request => Items(row, request)) : throw row.Wrong("arguments", all, "requests");
    }

    private static JsonElement[] Items(DataRow row, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => [.. element.EnumerateArray()],
        JsonValueKind.Object => [.. element.EnumerateObject().Select(property => property.Value)],
        _ => throw row.Wrong("arguments", element, "a list or an object"),
    };

    private static OutputType KindOf(DataRow row, JsonElement[] arguments) => arguments switch
    {
        [{ ValueKind: JsonValueKind.String }] => OutputType.Rolling,
        [{ ValueKind: JsonValueKind.String }, { ValueKind: JsonValueKind.String }] => OutputType.MultipleChoice,
        [{ ValueKind: JsonValueKind.String }, { ValueKind: JsonValueKind.Object }] => OutputType.GenerateUntil,
        _ => throw row.Wrong("arguments", row["arguments"], "a context with a continuation, a text, or a context with the rules of generation"),
    };

    private static GenerationRules Rules(DataRow row, JsonElement rules)
    {
        ImmutableArray<string> until = rules.TryGetProperty("until", out JsonElement stops)
            ? stops.ValueKind switch
            {
                JsonValueKind.Array => [.. stops.EnumerateArray().Select(stop => stop.ToString())],
                JsonValueKind.String => [stops.GetString()!],
                _ => throw row.Wrong("until", stops, "texts"),
            }
            : [];
        int most = rules.TryGetProperty("max_gen_toks", out JsonElement count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out int tokens) ? tokens : 256;
        return new GenerationRules(until, most);
    }

    private static PreparedDocument Document(DataRow row, JsonElement[][] arguments, OutputType kind)
    {
        ImmutableArray<TextRequest> requests =
        [
            .. arguments.Select(request => kind switch
            {
                OutputType.Rolling => new TextRequest("", request[0].GetString()),
                OutputType.GenerateUntil => new TextRequest(request[0].GetString()!, null),
                _ => new TextRequest(request[0].GetString()!, request[1].GetString()),
            }),
        ];
        return new PreparedDocument(
            new TaskDocument(row, requests[0].Context, [], [.. requests.Select(request => request.Continuation ?? "")], TaskTarget.Text(""), []), [], requests);
    }

    // Each request has a list of answers, of which the first is read; numbers are written as texts.
    private static RequestAnswer Answer(DataRow row, JsonElement response, OutputType kind)
    {
        JsonElement first = response.ValueKind == JsonValueKind.Array && response.GetArrayLength() > 0 ? response[0] : throw row.Wrong("resps", response, "a list of answers");
        return kind switch
        {
            OutputType.GenerateUntil when first.ValueKind == JsonValueKind.String => new RequestAnswer(0, false, 0, first.GetString()),
            OutputType.Rolling => new RequestAnswer(Number(row, first.ValueKind == JsonValueKind.Array ? first[0] : first), false, 0),
            OutputType.MultipleChoice when first.ValueKind == JsonValueKind.Array && first.GetArrayLength() == 2 =>
                new RequestAnswer(Number(row, first[0]), first[1].ToString() is "True" or "true", 0),
            _ => throw row.Wrong("resps", first, "an answer to its request"),
        };
    }

    private static double Number(DataRow row, JsonElement value) =>
        double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw row.Wrong("resps", value, "a number");
}
