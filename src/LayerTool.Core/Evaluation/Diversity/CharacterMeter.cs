using System.Collections.Immutable;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Evaluation.Diversity;

/// <summary>
/// Scores plans on prompts for random characters, from the distribution of the token behind each prompt: nothing is sampled. Slots
/// that plans share from the beginning on are computed once. B prompts, T tokens, H hidden size, V vocabulary.
/// </summary>
/// <param name="decoder">The model.</param>
/// <param name="plans">What is played.</param>
public sealed class CharacterMeter(Decoder decoder, IReadOnlyList<LayerPlan> plans)
{
    private const int TokensOnCpu = 2048;
    private const int TokensOnDevice = 16384;
    private const double PartOfMemory = 0.25;

    private readonly PlanTreeRun _run = new(decoder, PlanTree.Of(plans));

    /// <summary>What is played, and what is shared.</summary>
    public PlanTree Plans => _run.Plans;

    /// <summary>Scores the plans.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="phase">Name of the work, for progress.</param>
    /// <param name="progress">Told in front of each slot; or null.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    /// <returns>For each plan the score of each question, in their order.</returns>
    /// <exception cref="LayerToolException">A plan's logits are not finite.</exception>
    public ImmutableArray<ImmutableArray<CharacterScore>> Measure(
        ImmutableArray<CharacterQuestion> questions, string phase = "asking", IProgress<Step>? progress = null, CancellationToken cancellation = default)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        CharacterScore[][] scores = [.. plans.Select(_ => new CharacterScore[questions.Length])];
        int[][] batches = [.. Batches(questions)];
        long done = 0, total = (long)batches.Length * Plans.SlotCount;
        foreach (int[] batch in batches)
        {
            SlotWatch watch = new(cancellation, _ => progress?.Report(new Step(phase, done++, total, "slots")));
            Ask([.. batch.Select(index => questions[index])], watch, (plan, row, score) => scores[plan][batch[row]] = score);
        }

        progress?.Report(new Step(phase, total, total, "slots"));
        return [.. scores.Select(ImmutableArray.Create)];
    }

    // Padded on the right: no token sees what comes behind it, so padding changes no answer and needs no mask.
    private void Ask(CharacterQuestion[] batch, SlotWatch watch, Action<int, int, CharacterScore> take)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor ids, _) = TokenRows.Pad([.. batch.Select(question => question.Ids)], left: false);
        long width = ids.size(1);
        Tensor last = tensor([.. batch.Select((question, row) => (row * width) + question.Ids.Length - 1)], dtype: ScalarType.Int64, device: decoder.Device);
        int most = batch.Max(question => question.Answers.Sum(tokens => tokens.Length));
        Tensor wanted = Wanted(batch, most).to(decoder.Device); // [B, most]
        _run.Run(
            ids,
            null,
            null,
            watch,
            (plan, state) =>
            {
                double[] masses = Masses(plans[plan], state, last, wanted);
                for (int row = 0; row < batch.Length; row++)
                {
                    take(plan, row, Score(batch[row], masses.AsSpan(row * most, most)));
                }
            },
            logits: (long)batch.Length * decoder.Config.VocabSize);
    }

    /// <summary>Probabilities of wanted ids behind each prompt, [B, wanted], row by row.</summary>
    private double[] Masses(LayerPlan plan, Tensor state, Tensor last, Tensor wanted)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor ends = state.flatten(0, 1).index_select(0, last); // [B, H]
        Tensor logits = decoder.Head(plan, ends.unsqueeze(0)).squeeze(0).to(ScalarType.Float32); // [B, V]
        double[] values = [.. nn.functional.log_softmax(logits, -1).gather(-1, wanted).to(ScalarType.Float64).exp().flatten().cpu().data<double>()];
        return values.All(double.IsFinite)
            ? values
            : throw new LayerToolException(
                $"the logits of `{PlanNotation.Print(plan)}` are not finite: a weight or a state is NaN or infinite", "`layertool score` names the layer where it begins");
    }

    private static Tensor Wanted(CharacterQuestion[] batch, int most)
    {
        long[] ids = new long[batch.Length * most];
        for (int row = 0; row < batch.Length; row++)
        {
            long[] own = [.. batch[row].Answers.SelectMany(tokens => tokens).Select(id => (long)id)];
            own.CopyTo(ids, row * most);
        }

        return tensor(ids, [batch.Length, most], dtype: ScalarType.Int64);
    }

    private static CharacterScore Score(CharacterQuestion question, ReadOnlySpan<double> probabilities)
    {
        double[] masses = new double[question.Answers.Length];
        int next = 0;
        for (int answer = 0; answer < masses.Length; answer++)
        {
            for (int token = 0; token < question.Answers[answer].Length; token++)
            {
                masses[answer] += probabilities[next++];
            }
        }

        return CharacterScore.Of(masses);
    }

    // Prompts of like length side by side, the longest first, so that what does not fit is known at once.
    private IEnumerable<int[]> Batches(ImmutableArray<CharacterQuestion> questions)
    {
        List<int> batch = [];
        foreach (int index in Enumerable.Range(0, questions.Length).OrderByDescending(index => questions[index].Ids.Length))
        {
            if (batch.Count > 0 && (long)(batch.Count + 1) * questions[batch[0]].Ids.Length > TokensAtOnce())
            {
                yield return [.. batch];
                batch = [];
            }

            batch.Add(index);
        }

        yield return [.. batch];
    }

    // A tree keeps a state at each place where plans part, at most one a slot of the longest plan.
    private long TokensAtOnce()
    {
        if (decoder.Device.type != DeviceType.CPU)
        {
            return TokensOnDevice;
        }

        if (MemoryBudget.AvailableBytes() is not long available)
        {
            return TokensOnCpu;
        }

        long states = (long)decoder.Config.HiddenSize * decoder.Dtype.ElementSize() * (2 + plans.Max(plan => plan.Slots.Count()));
        return Math.Clamp((long)(available * PartOfMemory / states), 1, TokensOnCpu);
    }
}
