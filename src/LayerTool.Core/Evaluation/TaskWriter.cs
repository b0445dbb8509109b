using LayerTool.Evaluation.Likelihood;
using LayerTool.Evaluation.Metrics;
using LayerTool.Evaluation.Tasks;
using LayerTool.Faults;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tokenization;

namespace LayerTool.Evaluation;

/// <summary>
/// Has a model write answers as the harness does: the context is cut at the left so that the answer has room, a text ends once one
/// of the stop strings stands in its last tokens, and is cut in front of the first of each.
/// </summary>
/// <param name="decoder">The model.</param>
/// <param name="tokenizer">Its tokenizer.</param>
/// <param name="encoder">Makes ids of contexts.</param>
/// <param name="stopTokens">Tokens that end every text.</param>
/// <param name="maxLength">Tokens that the model reads at most.</param>
internal sealed class TaskWriter(Decoder decoder, Tokenizer tokenizer, PairEncoder encoder, IReadOnlySet<int> stopTokens, int maxLength)
{
    // A stop string may begin in the middle of a token, and end in the middle of another.
    private const int TokensBeside = 2;

    /// <summary>Ids of a context as the model reads them.</summary>
    /// <exception cref="LayerToolException">The answer alone fills what the model reads.</exception>
    public int[] Prompt(string context, GenerationRules rules, out bool isCut)
    {
        int room = maxLength - rules.MaxNewTokens;
        if (room < 1)
        {
            throw new LayerToolException(
                $"answers of {rules.MaxNewTokens} tokens leave no room for a context in the {maxLength} that the model reads", "raise `--max-length`, where the model allows it");
        }

        IReadOnlyList<int> ids = encoder.Text(context);
        isCut = ids.Count > room;
        return [.. ids.Skip(Math.Max(0, ids.Count - room))];
    }

    /// <summary>Answers to prompts that run side by side.</summary>
    /// <param name="plan">What is played.</param>
    /// <param name="prompts">Ids of each.</param>
    /// <param name="rules">When an answer ends.</param>
    /// <param name="seed">Seed of draws.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    public IReadOnlyList<RequestAnswer> Write(
        LayerPlan plan, IReadOnlyList<IReadOnlyList<int>> prompts, GenerationRules rules, long seed, CancellationToken cancellation)
    {
        string[] stops = Stops(rules);
        int[] reach = [.. stops.Select(stop => tokenizer.Encode(stop, addSpecialTokens: false).Count + TokensBeside)];
        List<int>[] written = [.. prompts.Select(_ => new List<int>())];
        bool GoesOn(int row, int token)
        {
            written[row].Add(token);
            return !stops.Zip(reach).Any(stop => tokenizer.Decode(written[row].TakeLast(stop.Second)).Contains(stop.First, StringComparison.Ordinal));
        }

        GenerationSettings settings = new(rules.MaxNewTokens)
        {
            StopTokens = stopTokens,
            Sampling = new SamplingSettings { Temperature = rules.Sample ? rules.Temperature : 0, Seed = seed },
        };
        TokenGenerator.Generate(decoder, plan, prompts, settings, GoesOn, cancellation);
        return [.. written.Select(ids => new RequestAnswer(0, false, ids.Count, Cut(tokenizer.Decode(ids, skipSpecialTokens: true), stops)))];
    }

    private string[] Stops(GenerationRules rules)
    {
        string? end = tokenizer.EosTokenId is int eos ? tokenizer.Decode([eos]) : null;
        return [.. rules.Until.Concat(string.IsNullOrEmpty(end) ? [] : [end]).Where(stop => stop.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    private static string Cut(string text, string[] stops)
    {
        foreach (string stop in stops)
        {
            int place = text.IndexOf(stop, StringComparison.Ordinal);
            text = place < 0 ? text : text[..place];
        }

        return text;
    }
}
