using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LayerTool.Plans;

/// <summary>Lays a plan file out for reading and for line-wise comparison: one key a line, one slot, source or command a line.</summary>
internal static class PlanJsonWriter
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1_000 };

    public static string Write(PlanFile plan)
    {
        List<string> entries =
        [
            Entry("schema", Value(PlanJson.Schema)),
            Entry("tool", Value(plan.Tool)),
            Entry("notation", Value(PlanNotation.Print(plan.Plan))),
        ];
        if (!plan.Sources.IsEmpty)
        {
            entries.Add(Entry("sources", Block('{', plan.Sources.Select(source => $"{Value(source.Name)}: {Source(source)}"), '}')));
        }

        entries.Add(Entry("embedding", Value(plan.Plan.EmbeddingSource)));
        entries.Add(Entry("head", Value(plan.Plan.HeadSource)));
        if (plan.Plan.TiedHead)
        {
            entries.Add(Entry("tiedHead", "true"));
        }

        if (plan.Plan.EndsAdapter is string adapter)
        {
            entries.Add(Entry("endsAdapter", Value(adapter)));
        }

        entries.Add(Entry("slots", Block('[', plan.Plan.Steps.Select(step => Json(writer => WriteStep(writer, step))), ']')));
        if (!plan.Adapters.IsEmpty)
        {
            entries.Add(Entry("adapters", Block('{', plan.Adapters.Select(one => $"{Value(one.Key)}: {Adapter(one.Value)}"), '}')));
        }

        if (!plan.History.IsEmpty)
        {
            entries.Add(Entry("steps", Block('[', plan.History.Select(Step), ']')));
        }

        if (plan.Scores is not null)
        {
            entries.Add(Entry("scores", Scores(plan.Scores)));
        }

        if (plan.Format is not null)
        {
            entries.Add(Entry("format", Value(plan.Format)));
        }

        if (!plan.Tie.IsEmpty)
        {
            entries.Add(Entry("tie", Texts(plan.Tie)));
        }

        if (!plan.Settings.IsEmpty)
        {
            entries.Add(Entry("settings", Texts(plan.Settings)));
        }

        return $"{{\n{string.Join(",\n", entries)}\n}}\n";
    }

    private static string Entry(string key, string value) => $"  \"{key}\": {value}";

    private static string Block(char open, IEnumerable<string> lines, char close)
    {
        string[] all = [.. lines];
        return all.Length == 0 ? $"{open}{close}" : $"{open}\n    {string.Join(",\n    ", all)}\n  {close}";
    }

    private static string Texts(ImmutableSortedDictionary<string, string> texts) =>
        Block('{', texts.Select(text => $"{Value(text.Key)}: {Value(text.Value)}"), '}');

    private static string Value(string text) => Json(writer => writer.WriteStringValue(text));

    private static string Source(PlanSource source) => Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("path", source.Path);
        WriteOptional(writer, "architecture", source.Architecture);
        WriteOptional(writer, "hash", source.Hash);
        if (source.AllowConfigMismatch)
        {
            writer.WriteBoolean("allowConfigMismatch", true);
        }

        writer.WriteEndObject();
    });

    private static string Adapter(PlanAdapter adapter) => Json(writer =>
    {
        if (adapter.Range == 0)
        {
            writer.WriteStringValue(adapter.Path);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("path", adapter.Path);
        writer.WriteNumber("range", adapter.Range);
        writer.WriteEndObject();
    });

    private static string Step(PlanHistoryEntry entry) => Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("command", entry.Command);
        writer.WriteStartArray("arguments");
        foreach (string argument in entry.Arguments)
        {
            writer.WriteStringValue(argument);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static string Scores(PlanScores scores)
    {
        List<string> lines = [$"\"measure\": {Value(scores.Measure)}"];
        foreach ((string key, ImmutableArray<double> values) in new[] { ("attention", scores.Attention), ("mlp", scores.Mlp), ("block", scores.Block) })
        {
            lines.AddRange(values.IsEmpty ? [] : [$"\"{key}\": {Json(writer => WriteNumbers(writer, values))}"]);
        }

        return Block('{', lines, '}');
    }

    // What a slot leaves out: the main source, gains of 1, no adapter.
    private static void WriteStep(Utf8JsonWriter writer, PlanStep step)
    {
        writer.WriteStartObject();
        if (step is LayerSlot slot)
        {
            WriteOptional(writer, "source", slot.Source == LayerPlan.Main ? null : slot.Source);
            writer.WriteNumber("layer", slot.Layer);
            WriteGain(writer, "attention", slot.AttentionGain);
            WriteGain(writer, "mlp", slot.MlpGain);
            WriteOptional(writer, "adapter", slot.Adapter);
        }
        else
        {
            writer.WriteStartArray("parallel");
            foreach (ImmutableArray<PlanStep> member in ((ParallelGroup)step).Members)
            {
                writer.WriteStartArray();
                foreach (PlanStep inner in member)
                {
                    WriteStep(writer, inner);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteGain(Utf8JsonWriter writer, string key, double gain)
    {
        if (gain != 1)
        {
            writer.WriteNumber(key, gain);
        }
    }

    private static void WriteOptional(Utf8JsonWriter writer, string key, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(key, text);
        }
    }

    private static void WriteNumbers(Utf8JsonWriter writer, ImmutableArray<double> numbers)
    {
        writer.WriteStartArray();
        foreach (double number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Plain))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
