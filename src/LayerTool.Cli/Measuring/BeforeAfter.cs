using System.Collections.Immutable;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Data;
using LayerTool.Evaluation;
using LayerTool.Models;
using LayerTool.Plans;

namespace LayerTool.Cli.Measuring;

/// <summary>Measures the plan before and the plan after an edit, on weights that are loaded once.</summary>
internal static class BeforeAfter
{
    /// <summary>Perplexity of both plans on every text.</summary>
    /// <exception cref="Faults.LayerToolException">A text, the tokenizer or the model is at fault.</exception>
    public static ImmutableArray<(PerplexityResult Before, PerplexityResult After)> Measure(
        Reporter reporter,
        OpenModel model,
        LayerPlan after,
        Decoder decoder,
        TokenizerOpener tokenizer,
        EvalRequest request,
        CancellationToken cancellation)
    {
        PerplexityOptions options = new() { Limit = request.Limit };
        using ProgressLine progress = reporter.StartProgress();
        List<(PerplexityResult, PerplexityResult)> results = [];
        foreach (string file in request.Texts)
        {
            DocumentFile documents = DocumentFile.Open(file);
            PerplexityText text = PerplexityText.Prepare(documents.Name, documents.Documents(), tokenizer.Open(), decoder.Config, options, cancellation);
            PerplexityResult before = PerplexityEvaluator.Evaluate(decoder, model.Plan, text, request.BatchSize, progress, cancellation);
            PerplexityResult edited = after.Equals(model.Plan)
                ? before
                : PerplexityEvaluator.Evaluate(decoder, after, text, request.BatchSize, progress, cancellation);
            results.Add((before, edited));
        }

        return [.. results];
    }
}
