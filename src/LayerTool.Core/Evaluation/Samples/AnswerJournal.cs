using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Evaluation.Metrics;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Evaluation.Samples;

/// <summary>
/// The answers of a run in a file, one document a line, written as they come: what stands there after the run is stopped is whole,
/// and another run goes on from it. The first line says what the answers are of.
/// </summary>
public sealed class AnswerJournal : IAnswerLog, IDisposable
{
    private const string Schema = "layertool.answers/1";

    private readonly string _file;
    private readonly Dictionary<(string Task, int Document), ImmutableArray<ImmutableArray<RequestAnswer>>> _known = [];
    private readonly StreamWriter _writer;

    private AnswerJournal(string file, StreamWriter writer)
    {
        _file = file;
        _writer = writer;
    }

    /// <summary>Documents that had answers when the file was opened.</summary>
    public int KnownCount => _known.Count;

    /// <summary>Begins a file, or goes on with one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="identity">What the answers are of.</param>
    /// <param name="resume">Whether answers that are there are kept.</param>
    /// <exception cref="LayerToolException">The file is of another run, or cannot be written.</exception>
    public static AnswerJournal Open(string file, RunIdentity identity, bool resume)
    {
        try
        {
            List<string> lines = resume && File.Exists(file) ? Read(file, identity) : [];
            AsideFile.Write(file, string.Join('\n', [Head(identity).ToJsonString(), .. lines, ""]), replace: true);
            AnswerJournal journal = new(file, new StreamWriter(file, append: true) { AutoFlush = true, NewLine = "\n" });
            foreach (string line in lines)
            {
                journal.Know(line);
            }

            return journal;
        }
        catch (Exception fault) when (FileFault.IsOne(fault))
        {
            throw FileFault.Unwritable(file, fault);
        }
    }

    /// <inheritdoc />
    public ImmutableArray<ImmutableArray<RequestAnswer>>? Find(string task, int document) =>
        _known.TryGetValue((task, document), out ImmutableArray<ImmutableArray<RequestAnswer>> answers) ? answers : null;

    /// <inheritdoc />
    public void Write(string task, int document, ImmutableArray<ImmutableArray<RequestAnswer>> answers)
    {
        JsonObject line = new()
        {
            ["task"] = task,
            ["doc_id"] = document,
            ["answers"] = new JsonArray([.. answers.Select(plan => new JsonArray([.. plan.Select(Answer)]))]),
        };
        try
        {
            _writer.WriteLine(line.ToJsonString());
        }
        catch (Exception fault) when (FileFault.IsOne(fault))
        {
            throw FileFault.Unwritable(_file, fault);
        }
    }

    /// <summary>Closes the file and takes it away: everything in it has been written elsewhere.</summary>
    public void Delete()
    {
        Dispose();
        File.Delete(_file);
    }

    /// <inheritdoc />
    public void Dispose() => _writer.Dispose();

    private static JsonObject Head(RunIdentity identity) => new()
    {
        ["schema"] = Schema,
        ["run"] = new JsonObject(identity.Fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)JsonValue.Create(field.Value)))),
    };

    private static JsonNode Answer(RequestAnswer answer) =>
        new JsonArray(JsonValue.Create(answer.LogLikelihood), JsonValue.Create(answer.IsGreedy), JsonValue.Create(answer.Tokens), JsonValue.Create(answer.Text));

    // The last line of a run that was killed may be cut off, and is left out.
    private static List<string> Read(string file, RunIdentity identity)
    {
        string[] lines = File.ReadAllLines(file);
        if (lines.Length == 0)
        {
            return [];
        }

        if (Parse(lines[0]) is not JsonObject head || head["schema"]?.ToString() != Schema || head["run"] is not JsonObject run)
        {
            throw new LayerToolException($"{file}: is no file of answers", "leave out `--resume` to begin anew, which replaces the file");
        }

        RunIdentity there = new([.. run.Select(field => (field.Key, field.Value?.ToString() ?? ""))]);
        return identity.Difference(there) is string difference
            ? throw new LayerToolException(
                $"{file}: holds the answers of another run: {difference}", "run it with the same model and options, or leave out `--resume` to begin anew")
            : [.. lines.Skip(1).Where(line => Parse(line) is not null)];
    }

    private static JsonNode? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Know(string line)
    {
        try
        {
            JsonNode json = JsonNode.Parse(line)!;
            _known[(json["task"]!.GetValue<string>(), json["doc_id"]!.GetValue<int>())] =
            [
                .. json["answers"]!.AsArray().Select(plan => (ImmutableArray<RequestAnswer>)
                [
                    .. plan!.AsArray().Select(answer => new RequestAnswer(
                        answer![0]!.GetValue<double>(), answer[1]!.GetValue<bool>(), answer[2]!.GetValue<int>(), answer[3]?.GetValue<string>())),
                ]),
            ];
        }
        catch (Exception fault) when (fault is InvalidOperationException or NullReferenceException or FormatException or ArgumentOutOfRangeException)
        {
            throw new LayerToolException($"{_file}: a line holds no answers to a document", "leave out `--resume` to begin anew", fault);
        }
    }
}
