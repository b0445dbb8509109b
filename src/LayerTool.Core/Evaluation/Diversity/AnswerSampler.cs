using System.Collections.Immutable;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Tokenization;

namespace LayerTool.Evaluation.Diversity;

/// <summary>Draws answers to prompts. Each answer depends on its prompt, its number and the seed, not on those beside it.</summary>
/// <param name="decoder">Runs the plan.</param>
/// <param name="plan">What is played.</param>
/// <param name="tokenizer">Makes text of tokens.</param>
public sealed class AnswerSampler(Decoder decoder, LayerPlan plan, Tokenizer tokenizer)
{
    private const int RowsAtOnce = 64;

    /// <summary>Draws.</summary>
    /// <param name="prompts">Token ids, one list a prompt; none empty.</param>
    /// <param name="samples">Answers to each.</param>
    /// <param name="settings">How tokens are drawn, and when an answer ends.</param>
    /// <param name="progress">Told after each batch; or null.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    /// <returns>For each prompt its answers.</returns>
    public ImmutableArray<ImmutableArray<string>> Draw(
        IReadOnlyList<IReadOnlyList<int>> prompts, int samples, GenerationSettings settings, IProgress<Step>? progress = null, CancellationToken cancellation = default)
    {
        TextGenerator generator = new(decoder, plan, tokenizer);
        List<ImmutableArray<string>> answers = [];
        foreach (IReadOnlyList<int>[] batch in prompts.Chunk(Math.Max(1, RowsAtOnce / samples)))
        {
            IReadOnlyList<GeneratedText> drawn = generator.Generate(
                [.. batch.SelectMany(prompt => Enumerable.Repeat(prompt, samples))], settings, [], cancellation: cancellation);
            answers.AddRange(drawn.Select(text => text.Text).Chunk(samples).Select(ImmutableArray.Create));
            progress?.Report(new Step("drawing answers", (long)answers.Count * samples, (long)prompts.Count * samples, "answers"));
        }

        return [.. answers];
    }
}
