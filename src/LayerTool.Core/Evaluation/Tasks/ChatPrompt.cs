using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Tokenization.Chat;

namespace LayerTool.Evaluation.Tasks;

/// <summary>Turns of a prompt through a model's chat template, up to where its answer begins.</summary>
public static class ChatPrompt
{
    private const string System = "system";

    /// <summary>The template as prompts use it.</summary>
    /// <param name="template">The template.</param>
    /// <param name="settings">Further variables that it may use; or null.</param>
    public static Func<IReadOnlyList<PromptTurn>, string> Of(ChatTemplate template, IReadOnlyDictionary<string, JsonElement>? settings = null) => turns =>
    {
        try
        {
            return Render(template, turns, settings);
        }
        catch (ChatTemplateException) when (turns[0].Role == System)
        {
            return Render(template, turns.Skip(1), settings); // some templates know no system turn; the harness leaves it out then
        }
    };

    private static string Render(ChatTemplate template, IEnumerable<PromptTurn> turns, IReadOnlyDictionary<string, JsonElement>? settings)
    {
        JsonArray messages = new([.. turns.Select(turn => new JsonObject { ["role"] = turn.Role, ["content"] = turn.Content })]);
        return template.Render(new ChatRequest(JsonSerializer.SerializeToElement(messages))
        {
            AddGenerationPrompt = true,
            Now = DateTime.Now,
            Settings = settings ?? new Dictionary<string, JsonElement>(),
        });
    }
}
