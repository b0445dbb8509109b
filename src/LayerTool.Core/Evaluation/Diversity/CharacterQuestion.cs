using System.Collections.Immutable;
using LayerTool.Faults;
using LayerTool.Tokenization;

namespace LayerTool.Evaluation.Diversity;

/// <summary>A prompt as a model reads it.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Ids">Its token ids; the answer is the next one.</param>
/// <param name="Answers">For each valid answer the tokens that say it.</param>
public sealed record CharacterQuestion(CharacterPrompt Prompt, ImmutableArray<int> Ids, ImmutableArray<ImmutableArray<int>> Answers)
{
    /// <summary>Makes questions of prompts.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="asText">From a prompt to the text that the model continues, special tokens included; null to read prompts as they are.</param>
    /// <param name="vocabularySize">Ids that the model gives a probability to.</param>
    /// <exception cref="LayerToolException">An answer is no single token, or a prompt has no tokens.</exception>
    public static ImmutableArray<CharacterQuestion> Of(CharacterPrompts prompts, Tokenizer tokenizer, Func<string, string>? asText, int vocabularySize)
    {
        if (asText is null && tokenizer.AppendsTokens)
        {
            throw new LayerToolException(
                $"{tokenizer.File}: the tokenizer puts a token behind every text, so that no answer would follow a prompt",
                "switch it off in the file (`add_eos_token`, the post-processor), or ask through a chat template");
        }

        CharacterTokens tokens = new(tokenizer, vocabularySize, prompts.Prompts.SelectMany(prompt => prompt.Valid));
        return
        [
            .. prompts.Prompts.Select((prompt, index) =>
            {
                string place = $"prompt {index} of {prompts.Name}";
                IReadOnlyList<int> ids = asText is null
                    ? tokenizer.Encode(prompt.Prompt, addSpecialTokens: true)
                    : tokenizer.Encode(asText(prompt.Prompt), addSpecialTokens: false); // the template writes its own BOS
                return ids.Count == 0
                    ? throw new LayerToolException($"{place} has no tokens: {Quoted.Text(prompt.Prompt)}", "write a prompt that the tokenizer knows")
                    : new CharacterQuestion(prompt, [.. ids], [.. prompt.Valid.Select(answer => tokens.Of(answer, place))]);
            }),
        ];
    }
}
