using System.Text.Json;
using LayerTool.Evaluation.Tasks;
using LayerTool.Tokenization.Chat;

namespace LayerTool.Evaluation.Diversity;

/// <summary>A prompt through a model's chat template, so that the next token is the first of the answer itself.</summary>
public static class AnswerPrompt
{
    private const string ThoughtBegins = "<think>";
    private const string ThoughtEnds = "</think>";

    private static readonly Dictionary<string, JsonElement> WithoutThought = new(StringComparer.Ordinal)
    {
        ["enable_thinking"] = JsonSerializer.SerializeToElement(false),
        ["thinking"] = JsonSerializer.SerializeToElement(false),
    };

    /// <summary>
    /// The template as it takes one question. Thinking is switched off where the template knows how; where it opens a thought all
    /// the same, an empty one is closed behind it.
    /// </summary>
    public static Func<string, string> Of(ChatTemplate template)
    {
        Func<IReadOnlyList<PromptTurn>, string> render = ChatPrompt.Of(template, WithoutThought);
        return prompt =>
        {
            string text = render([new PromptTurn("user", prompt)]);
            return text.TrimEnd().EndsWith(ThoughtBegins, StringComparison.Ordinal) ? $"{text.TrimEnd()}\n\n{ThoughtEnds}\n\n" : text;
        };
    }
}
