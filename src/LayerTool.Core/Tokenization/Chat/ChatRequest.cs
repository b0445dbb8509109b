using System.Text.Json;

namespace LayerTool.Tokenization.Chat;

/// <summary>A conversation to render.</summary>
/// <param name="Messages">The list of messages; each with a role and what it says.</param>
public sealed record ChatRequest(JsonElement Messages)
{
    /// <summary>The tools that may be called, or null for none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Whether the text ends with what opens the model's answer.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>Further variables that the template may use.</summary>
    public IReadOnlyDictionary<string, JsonElement> Settings { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The time that the template may ask for.</summary>
    public DateTime Now { get; init; }

    /// <summary>Whether keys of messages whose value is null stay; apply_chat_template of transformers drops them.</summary>
    public bool KeepNull { get; init; }
}
