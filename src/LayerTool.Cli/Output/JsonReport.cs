using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LayerTool.Cli.Output;

/// <summary>The JSON form of reports: <c>schema</c> first, camelCase, doubles that round-trip, NaN and infinities as null.</summary>
internal static class JsonReport
{
    /// <summary>For documents of many lines.</summary>
    public static readonly JsonSerializerOptions Indented = Options(indented: true);

    /// <summary>For one object a line.</summary>
    public static readonly JsonSerializerOptions OneLine = Options(indented: false);

    /// <summary>The document of a report.</summary>
    /// <param name="schema">Name and version of the form.</param>
    /// <param name="content">A record or dictionary; its properties follow the schema.</param>
    public static string Write(string schema, object content)
    {
        JsonObject document = JsonSerializer.SerializeToNode(content, Indented)!.AsObject();
        document.Insert(0, "schema", schema);
        return document.ToJsonString(Indented);
    }

    private static JsonSerializerOptions Options(bool indented) => new()
    {
        WriteIndented = indented,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DictionaryKeyPolicy = null, // keys of dictionaries are names of the user: files, tensors
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read by programs, never put into HTML
        Converters = { new FiniteOrNull(), new FiniteOrNullSingle(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private sealed class FiniteOrNull : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }

    private sealed class FiniteOrNullSingle : JsonConverter<float>
    {
        public override float Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetSingle();

        public override void Write(Utf8JsonWriter writer, float value, JsonSerializerOptions options)
        {
            if (float.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
