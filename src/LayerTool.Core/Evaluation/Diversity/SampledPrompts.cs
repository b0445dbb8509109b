using System.Collections.Immutable;
using System.Text.Json;
using LayerTool.Data;
using LayerTool.Faults;

namespace LayerTool.Evaluation.Diversity;

/// <summary>Prompts whose answers are drawn and compared.</summary>
/// <param name="Name">Name of the file.</param>
/// <param name="Hash">SHA-256 of the file, in lower-case hex.</param>
/// <param name="Prompts">The prompts; at least one.</param>
public sealed record SampledPrompts(string Name, string Hash, ImmutableArray<SampledPrompt> Prompts)
{
    private const string Example = "write each line as `{\"prompt\": \"Name a town.\"}`, with `\"answers\": [\"…\"]` where some are right";

    /// <summary>Reads prompts from a file, one JSON object a line.</summary>
    /// <exception cref="LayerToolException">It is missing or empty, or a line is at fault (named).</exception>
    public static SampledPrompts ReadFile(string file)
    {
        string hash = DocumentFile.HashOf(file);
        ImmutableArray<SampledPrompt> prompts = [.. JsonLinesFile.Rows(file).Select(row => Read(row.Row, $"`{file}`, line {row.Line}"))];
        return prompts.IsEmpty
            ? throw new LayerToolException($"`{file}` has no prompts", Example)
            : new SampledPrompts(Path.GetFileName(file), hash, prompts);
    }

    private static SampledPrompt Read(JsonElement row, string place)
    {
        if (row.ValueKind != JsonValueKind.Object
            || !row.TryGetProperty("prompt", out JsonElement prompt)
            || prompt.ValueKind != JsonValueKind.String
            || prompt.GetString() is not { Length: > 0 } text)
        {
            throw new LayerToolException($"{place}: has no text `prompt`", Example);
        }

        if (!row.TryGetProperty("answers", out JsonElement answers))
        {
            return new SampledPrompt(text, []);
        }

        return answers.ValueKind == JsonValueKind.Array && answers.GetArrayLength() > 0 && answers.EnumerateArray().All(answer => answer.ValueKind == JsonValueKind.String)
            ? new SampledPrompt(text, [.. answers.EnumerateArray().Select(answer => answer.GetString()!)])
            : throw new LayerToolException($"{place}: `answers` is no list of texts", Example);
    }
}
