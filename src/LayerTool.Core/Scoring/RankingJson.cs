using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Scoring;

/// <summary>The file form of a ranking, <c>layertool.ranking/1</c>. What is not needed to read it back is there for people.</summary>
public static class RankingJson
{
    /// <summary>The form's name.</summary>
    public const string Schema = "layertool.ranking/1";

    private const string Anew = "make one with `layertool score MODEL --out FILE`";
    private const int MaxLayers = 65536;
    private static readonly JsonLimits Limits = new(1L << 24, Deepest: 16, Anew);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The document.</summary>
    public static JsonObject Write(Ranking ranking) => new()
    {
        ["schema"] = Schema,
        ["model"] = ranking.Model,
        ["modelHash"] = ranking.ModelHash,
        ["plan"] = ranking.Plan,
        ["dtype"] = ranking.Dtype,
        ["calibration"] = ranking.Calibration,
        ["calibrationHash"] = ranking.CalibrationHash,
        ["sequences"] = ranking.Sequences,
        ["tokens"] = ranking.Scores.TokenCount,
        ["scores"] = new JsonArray([.. ranking.Scores.Layers.Select(Score)]),
        ["order"] = new JsonObject
        {
            ["attention"] = Layers(ranking.Scores, DropKind.Attention),
            ["mlp"] = Layers(ranking.Scores, DropKind.Mlp),
            ["blocks"] = Layers(ranking.Scores, DropKind.Block),
            ["joint"] = new JsonArray(
            [
                .. DropOrder.Of(ranking.Scores, DropKind.Joint).Select(unit => new JsonObject
                {
                    ["sublayer"] = unit.Kind == DropKind.Attention ? "attention" : "mlp",
                    ["layer"] = unit.Layer,
                }),
            ]),
        },
    };

    /// <summary>Writes a file, replacing one that is there.</summary>
    /// <exception cref="LayerToolException">It cannot be written; nothing is left.</exception>
    public static void Save(Ranking ranking, string file) =>
        AsideFile.Write(file, Write(ranking).ToJsonString(Indented) + "\n", replace: true);

    /// <summary>Reads a file. The order is taken from the scores, not from what the file says of it.</summary>
    /// <exception cref="LayerToolException">It is missing, not a ranking, or a score is missing, not a number or not finite (named).</exception>
    public static Ranking Load(string file)
    {
        using JsonDocument json = GuardedJson.Read(file, Limits);
        return Read(json.RootElement, file);
    }

    private static Ranking Read(JsonElement root, string file)
    {
        string schema = Text(root, "schema", file);
        if (schema != Schema)
        {
            throw new LayerToolException($"`{file}` has the schema `{schema}`, expected `{Schema}`", Anew);
        }

        JsonElement scores = Member(root, "scores", JsonValueKind.Array, "a list", file);
        if (scores.GetArrayLength() is 0 or > MaxLayers)
        {
            throw new LayerToolException($"`{file}`: `scores` has {scores.GetArrayLength()} entries, expected 1 to {MaxLayers}", Anew);
        }

        long tokens = Whole(root, "tokens", file);
        return new Ranking
        {
            Model = Text(root, "model", file),
            ModelHash = Text(root, "modelHash", file),
            Plan = Text(root, "plan", file),
            Dtype = Text(root, "dtype", file),
            Calibration = Text(root, "calibration", file),
            CalibrationHash = Text(root, "calibrationHash", file),
            Sequences = (int)Math.Min(int.MaxValue, Whole(root, "sequences", file)),
            Scores = new LayerScores([.. scores.EnumerateArray().Select((entry, index) => ReadScore(entry, index, file))], tokens),
        };
    }

    private static LayerScore ReadScore(JsonElement entry, int index, string file)
    {
        if (entry.ValueKind != JsonValueKind.Object || Whole(entry, "layer", file) != index)
        {
            throw new LayerToolException($"`{file}`: entry {index} of `scores` is not that of layer {index}", Anew);
        }

        double block = Number(entry, "block", index, file)
            ?? throw new LayerToolException($"`{file}`: layer {index} has no score `block`", Anew);
        return new LayerScore(index, Number(entry, "attention", index, file), Number(entry, "mlp", index, file), block);
    }

    // Absent where the layer has no such half. NaN becomes null in JSON: no score, and never the lowest one.
    private static double? Number(JsonElement entry, string name, int layer, string file)
    {
        if (!entry.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw new LayerToolException(
                $"`{file}`: the score `{name}` of layer {layer} is `{value.GetRawText()}`, expected a finite number", "score the model anew; a NaN has a cause in its weights");
    }

    private static JsonObject Score(LayerScore score)
    {
        JsonObject entry = new() { ["layer"] = score.Layer };
        if (score.Attention is double attention)
        {
            entry["attention"] = attention;
        }

        if (score.Mlp is double mlp)
        {
            entry["mlp"] = mlp;
        }

        entry["block"] = score.Block;
        return entry;
    }

    private static JsonArray Layers(LayerScores scores, DropKind kind) =>
        new([.. DropOrder.Of(scores, kind).Select(unit => JsonValue.Create(unit.Layer))]);

    private static string Text(JsonElement entry, string name, string file) =>
        Member(entry, name, JsonValueKind.String, "a string", file).GetString()!;

    private static long Whole(JsonElement entry, string name, string file) =>
        Member(entry, name, JsonValueKind.Number, "a whole number", file).TryGetInt64(out long number) && number >= 0
            ? number
            : throw new LayerToolException($"`{file}`: `{name}` is no whole number", Anew);

    private static JsonElement Member(JsonElement entry, string name, JsonValueKind kind, string expected, string file) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out JsonElement value) && value.ValueKind == kind
            ? value
            : throw new LayerToolException($"`{file}` is not a ranking: `{name}` is not {expected}", Anew);
}
