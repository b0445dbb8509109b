using System.Collections.Immutable;
using LayerTool.Evaluation;
using LayerTool.Models;
using LayerTool.Plans;

namespace LayerTool.Cli.Measuring;

/// <summary>Measures the plan before and the plan after an edit, on weights that are loaded once.</summary>
internal static class BeforeAfter
{
    /// <summary>Perplexity of both plans on every text.</summary>
    /// <exception cref="Faults.LayerToolException">The model is at fault.</exception>
    public static ImmutableArray<(PerplexityResult Before, PerplexityResult After)> Measure(
        TextEvaluator evaluator, IReadOnlyList<EvaluationText> texts, Decoder decoder, LayerPlan before, LayerPlan after, CancellationToken cancellation) =>
    [
        .. texts.Select(text =>
        {
            ImmutableArray<PerplexityResult> results = evaluator.Measure(decoder, [before, after], text, cancellation);
            return (results[0], results[1]);
        }),
    ];
}
