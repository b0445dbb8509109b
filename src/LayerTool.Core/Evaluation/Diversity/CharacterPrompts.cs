using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using LayerTool.Data;
using LayerTool.Faults;

namespace LayerTool.Evaluation.Diversity;

/// <summary>
/// Prompts of the Constrained Random Character task (Selective Layer Restoration, arXiv 2602.06665). The paper's own are not
/// public: the 40 built-in ones, 20 of letters and 20 of digits, are LayerTool's.
/// </summary>
/// <param name="Name">Their name in reports: <c>crc</c>, or that of a file.</param>
/// <param name="Hash">SHA-256 of the file, in lower-case hex.</param>
/// <param name="Prompts">The prompts; at least one.</param>
public sealed record CharacterPrompts(string Name, string Hash, ImmutableArray<CharacterPrompt> Prompts)
{
    /// <summary>Name of the built-in prompts.</summary>
    public const string BuiltInName = "crc";

    private const string Resource = "LayerTool.Evaluation.Diversity.crc.jsonl";
    private const string Example = "write each line as `{\"prompt\": \"Pick a digit.\", \"valid\": [\"0\", \"1\"], \"class\": \"digits\"}`";

    /// <summary>The built-in prompts.</summary>
    public static CharacterPrompts BuiltIn()
    {
        using Stream stream = typeof(CharacterPrompts).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException("The prompts are not part of the assembly.");
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        JsonElement[] rows = [.. Lines(bytes.ToArray())];
        return new CharacterPrompts(
            BuiltInName, Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())), [.. rows.Select((row, index) => Read(row, $"{BuiltInName}, line {index + 1}"))]);
    }

    /// <summary>Reads prompts from a file, one JSON object a line.</summary>
    /// <exception cref="LayerToolException">It is missing or empty, or a line is at fault (named).</exception>
    public static CharacterPrompts ReadFile(string file)
    {
        string hash = DocumentFile.HashOf(file);
        ImmutableArray<CharacterPrompt> prompts = [.. JsonLinesFile.Rows(file).Select(row => Read(row.Row, $"`{file}`, line {row.Line}"))];
        return prompts.IsEmpty
            ? throw new LayerToolException($"`{file}` has no prompts", Example)
            : new CharacterPrompts(Path.GetFileName(file), hash, prompts);
    }

    private static IEnumerable<JsonElement> Lines(byte[] bytes)
    {
        using StreamReader reader = new(new MemoryStream(bytes));
        while (reader.ReadLine() is string line)
        {
            using JsonDocument row = JsonDocument.Parse(line);
            yield return row.RootElement.Clone();
        }
    }

    private static CharacterPrompt Read(JsonElement row, string place)
    {
        if (row.ValueKind != JsonValueKind.Object || Text(row, "prompt") is not { Length: > 0 } prompt)
        {
            throw new LayerToolException($"{place}: has no text `prompt`", Example);
        }

        if (!row.TryGetProperty("valid", out JsonElement list) || list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(entry => entry.ValueKind != JsonValueKind.String))
        {
            throw new LayerToolException($"{place}: `valid` is no list of texts", Example);
        }

        ImmutableArray<string> valid = [.. list.EnumerateArray().Select(entry => entry.GetString()!.Trim(' '))];
        if (valid.Distinct(StringComparer.Ordinal).Count() < 2)
        {
            throw new LayerToolException($"{place}: `valid` has {Counted.Of(valid.Distinct(StringComparer.Ordinal).Count(), "answer")}, expected at least 2", "diversity is that of several answers; name more of them");
        }

        if (valid.GroupBy(answer => answer, StringComparer.Ordinal).FirstOrDefault(same => same.Key.Length == 0 || same.Count() > 1) is { } wrong)
        {
            throw new LayerToolException(
                $"{place}: `valid` names {(wrong.Key.Length == 0 ? "an empty answer" : $"{Quoted.Text(wrong.Key)} twice")}", "name each answer once; spaces around it do not count");
        }

        return new CharacterPrompt(prompt, valid, Text(row, "class") ?? "all");
    }

    private static string? Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
