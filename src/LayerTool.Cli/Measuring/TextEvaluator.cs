using System.Collections.Immutable;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Output;
using LayerTool.Data;
using LayerTool.Evaluation;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;

namespace LayerTool.Cli.Measuring;

/// <summary>Perplexity of plans on text files, each file read and tokenised once.</summary>
internal sealed class TextEvaluator(Reporter reporter, OpenModel model, TokenizerOpener tokenizer, PerplexityOptions options, string? column = null)
{
    /// <summary>Reads files. All are looked at before the first is measured.</summary>
    /// <exception cref="LayerToolException">One is missing or at fault, or is the name of a task.</exception>
    public IReadOnlyList<EvaluationText> Prepare(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        List<DocumentFile> documents = [.. files.Distinct(StringComparer.Ordinal).Select(Open)];
        ILookup<string, DocumentFile> names = documents.ToLookup(file => file.Name, StringComparer.Ordinal);
        return
        [
            .. documents.Select(file =>
            {
                string name = names[file.Name].Skip(1).Any() ? file.Path : file.Name;
                PerplexityText text = PerplexityText.Prepare(
                    name, file.Documents(), tokenizer.Open(), model.Sources.Main.Config, options, cancellation);
                return new EvaluationText(name, file.Path, file.Hash(), text);
            }),
        ];
    }

    /// <summary>Measures plans on one text; what they share is computed once.</summary>
    public ImmutableArray<PerplexityResult> Measure(Decoder decoder, IReadOnlyList<LayerPlan> plans, EvaluationText text, CancellationToken cancellation)
    {
        using ProgressLine progress = reporter.StartProgress();
        ImmutableArray<PerplexityResult> results = PerplexityEvaluator.Evaluate(decoder, plans, text.Text, options.BatchSize, progress, cancellation);
        reporter.Detail($"{text.Name}: {Quantity.Whole((long)results[0].TokensPerSecond)} tokens/s");
        return results;
    }

    private DocumentFile Open(string file) => Path.Exists(file) || file.IndexOfAny(['.', '/', '\\']) >= 0
        ? DocumentFile.Open(file, column)
        : throw new LayerToolException($"there is no file `{file}`", "give a text file: .txt, .jsonl, .json or .parquet; tasks are named with `--tasks`");
}
