using System.Text.Json;
using LayerTool.Cli.Output;
using LayerTool.Data;
using LayerTool.Faults;
using LayerTool.Tokenization.Chat;

namespace LayerTool.Cli.Chatting;

/// <summary>Renders a file of conversations, one a line.</summary>
internal static class ChatLines
{
    /// <summary>Prints each: with <c>--json</c> an object a line, else the texts one below the other.</summary>
    public static void Show(Reporter reporter, ChatTemplate template, string file, ChatRequest common, CancellationToken cancellation)
    {
        foreach ((JsonElement row, int number) in JsonLinesFile.Rows(file))
        {
            cancellation.ThrowIfCancellationRequested();
            ChatRequest request = Request(row, $"`{file}`, line {number}", common);
            try
            {
                string rendered = template.Render(request);
                reporter.Line(reporter.Settings.Json ? JsonSerializer.Serialize(new { Rendered = rendered }, JsonReport.OneLine) : rendered);
            }
            catch (ChatTemplateException fault) when (reporter.Settings.Json)
            {
                reporter.Line(JsonSerializer.Serialize(new { Error = fault.Reason }, JsonReport.OneLine));
            }
        }
    }

    private static ChatRequest Request(JsonElement row, string place, ChatRequest common)
    {
        if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty("messages", out JsonElement messages))
        {
            throw new LayerToolException($"{place}: has no `messages`", "write each line as `{\"messages\": [{\"role\": \"user\", \"content\": \"…\"}]}`");
        }

        Dictionary<string, JsonElement> settings = new(common.Settings, StringComparer.Ordinal);
        if (row.TryGetProperty("kwargs", out JsonElement named) && named.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty setting in named.EnumerateObject())
            {
                settings[setting.Name] = setting.Value;
            }
        }

        return common with
        {
            Messages = messages,
            Tools = row.TryGetProperty("tools", out JsonElement tools) && tools.ValueKind != JsonValueKind.Null ? tools : null,
            AddGenerationPrompt = row.TryGetProperty("add_generation_prompt", out JsonElement prompt) ? prompt.ValueKind == JsonValueKind.True : common.AddGenerationPrompt,
            Settings = settings,
        };
    }
}
