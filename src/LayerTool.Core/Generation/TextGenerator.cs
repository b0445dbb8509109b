using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Tokenization;

namespace LayerTool.Generation;

/// <summary>Continues prompts as text: decodes tokens as they come, and ends a text at a stop string.</summary>
/// <param name="decoder">Runs the plan.</param>
/// <param name="plan">What is played.</param>
/// <param name="tokenizer">Makes text of tokens; special tokens are left out.</param>
public sealed class TextGenerator(Decoder decoder, LayerPlan plan, Tokenizer tokenizer)
{
    /// <summary>Continues each prompt.</summary>
    /// <param name="prompts">Token ids, one list a prompt; at least one, none empty.</param>
    /// <param name="settings">How tokens are chosen, and which end a text.</param>
    /// <param name="stopStrings">Strings that end a text, none empty; they are looked for in new text only.</param>
    /// <param name="onText">Told the prompt's number and text that is settled, in whole characters, as it comes; or null.</param>
    /// <param name="progress">Told after each token; or null.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    /// <returns>One text a prompt.</returns>
    /// <exception cref="Faults.LayerToolException">A prompt is empty, or the logits are not finite.</exception>
    public IReadOnlyList<GeneratedText> Generate(
        IReadOnlyList<IReadOnlyList<int>> prompts,
        GenerationSettings settings,
        IReadOnlyList<string> stopStrings,
        Action<int, string>? onText = null,
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
    {
        TextRow[] rows = [.. prompts.Select(prompt => new TextRow(tokenizer, prompt, stopStrings))];
        long done = 0;
        bool Take(int row, int token)
        {
            Say(row, rows[row].Add(token));
            progress?.Report(new Step("generating", ++done, (long)settings.Count * rows.Length, "tokens"));
            return !rows[row].Stopped;
        }

        void Say(int row, string text)
        {
            if (text.Length > 0)
            {
                onText?.Invoke(row, text);
            }
        }

        IReadOnlyList<IReadOnlyList<TokenChoice>> chosen = TokenGenerator.Generate(decoder, plan, prompts, settings, Take, cancellation);
        List<GeneratedText> texts = [];
        for (int row = 0; row < rows.Length; row++)
        {
            Say(row, rows[row].Finish());
            GenerationEnd end = rows[row].Stopped ? GenerationEnd.StopString
                : chosen[row].Count < settings.Count ? GenerationEnd.StopToken
                : GenerationEnd.Length;
            texts.Add(new GeneratedText(rows[row].Text, [.. chosen[row].Select(choice => choice.Token)], end));
        }

        return texts;
    }
}
