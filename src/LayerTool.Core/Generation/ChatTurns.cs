using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Tokenization;
using LayerTool.Tokenization.Chat;

namespace LayerTool.Generation;

/// <summary>A conversation as a model reads and continues it: what it is asked in its template's words, and where its turn ends.</summary>
/// <param name="template">The model's chat template.</param>
/// <param name="tokenizer">The model's tokenizer.</param>
public sealed class ChatTurns(ChatTemplate template, Tokenizer tokenizer)
{
    private const string Answer = "xyzzy"; // stands for any answer

    /// <summary>The ids of a conversation, up to where the model's turn begins.</summary>
    /// <exception cref="ChatTemplateException">The template refuses it, or fails.</exception>
    public IReadOnlyList<int> Prompt(ChatRequest request) => tokenizer.Encode(template.Render(request with { AddGenerationPrompt = true }), addSpecialTokens: false);

    /// <summary>
    /// The special token that the template puts behind an answer to one question, or null where it puts none. Many models name
    /// another token as the end of texts, and would go on with the next turn.
    /// </summary>
    public int? EndOfTurn(ChatRequest request)
    {
        string rendered;
        try
        {
            rendered = template.Render(request with { Messages = Messages(("user", "?"), ("assistant", Answer)), AddGenerationPrompt = false });
        }
        catch (ChatTemplateException)
        {
            return null; // it may want a system's turn, or more of a message: then the model's own end tokens have to do
        }

        int answer = rendered.LastIndexOf(Answer, StringComparison.Ordinal);
        return answer >= 0 && tokenizer.Encode(rendered[(answer + Answer.Length)..].TrimStart(), addSpecialTokens: false) is [int first, ..] && tokenizer.IsSpecial(first)
            ? first
            : null;
    }

    /// <summary>The messages of a conversation, as templates read them.</summary>
    /// <param name="turns">Who says what, first one first.</param>
    public static JsonElement Messages(params IEnumerable<(string Role, string Content)> turns) => JsonSerializer.SerializeToElement(
        new JsonArray([.. turns.Select(turn => new JsonObject { ["role"] = turn.Role, ["content"] = turn.Content })]));
}
