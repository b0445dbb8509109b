using System.Globalization;
using System.Text.Json;
using LayerTool.Tests.Support;
using LayerTool.Tokenization.Chat;
using Xunit;

namespace LayerTool.Tests.Tokenization.Chat;

public sealed class ChatTemplateGoldenTests
{
    public static TheoryData<string> Names =>
    [
        "chatml", "cohere", "cohere2", "command_a_tool_use", "deepseek_r1_distill", "deepseek_v3", "exaone4", "gemma", "gemma3", "gemma4", "glm4moe", "gptoss",
        "jamba", "lfm2", "llama2", "llama3", "llama3_1", "llama3_2", "llama4", "mistral_nemo", "mistral_v1", "mistral_v2v3", "mistral_v3_tekken", "mistral_v7_tekken",
        "nemotron_3_nano", "phi3", "phi3_5", "phi4", "qwen2_5", "qwen3", "qwen3_5", "qwen3_instruct_2507", "qwen3_training", "smollm2", "zephyr",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_conversation_renders_as_the_reference(string name)
    {
        List<string> differences = [];
        string more = Path.Combine(SharedFiles.Find("golden/chat"), "more", $"{name}.json");
        foreach (string file in new[] { SharedFiles.Find($"golden/chat/{name}.json"), more }.Where(File.Exists))
        {
            using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement root = golden.RootElement;
            Dictionary<string, string> special = root.GetProperty("special").EnumerateObject().ToDictionary(token => token.Name, token => token.Value.GetString()!);
            ChatTemplate template = ChatTemplate.Parse(root.GetProperty("template").GetString()!, special, name);
            DateTime now = root.TryGetProperty("now", out JsonElement time) ? DateTime.Parse(time.GetString()!, CultureInfo.InvariantCulture) : default;
            Assert.True(root.GetProperty("cases").GetArrayLength() >= 15);
            foreach (JsonElement item in root.GetProperty("cases").EnumerateArray())
            {
                Compare(template, item, now, differences);
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences.Take(10))}");
    }

    private static void Compare(ChatTemplate template, JsonElement item, DateTime now, List<string> differences)
    {
        ChatRequest request = new(item.GetProperty("messages"))
        {
            Tools = item.TryGetProperty("tools", out JsonElement tools) && tools.ValueKind != JsonValueKind.Null ? tools : null,
            AddGenerationPrompt = item.TryGetProperty("add_generation_prompt", out JsonElement prompt) && prompt.GetBoolean(),
            Settings = item.TryGetProperty("kwargs", out JsonElement settings) ? settings.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value) : [],
            Now = now,
            KeepNull = true,
        };
        string expected = item.TryGetProperty("rendered", out JsonElement rendered) ? rendered.GetString()! : Reason(item.GetProperty("error").GetString()!);
        string found;
        try
        {
            found = template.Render(request);
        }
        catch (ChatTemplateException fault)
        {
            found = fault.Message.Contains("refuses the conversation", StringComparison.Ordinal) ? fault.Reason : "an error";
        }

        if (found != expected)
        {
            differences.Add($"{item.GetProperty("messages").GetRawText()}\n    expected {JsonSerializer.Serialize(expected)}\n    found    {JsonSerializer.Serialize(found)}");
        }
    }

    private static string Reason(string error) => error.StartsWith("TemplateError: ", StringComparison.Ordinal) ? error["TemplateError: ".Length..] : "an error";
}
