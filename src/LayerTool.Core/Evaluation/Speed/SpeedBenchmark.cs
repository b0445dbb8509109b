using System.Collections.Immutable;
using System.Diagnostics;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Evaluation.Speed;

/// <summary>
/// Times reading of prompts and cached decoding. Several models are timed in turn, round by round, so that what disturbs the
/// machine disturbs all of them.
/// </summary>
/// <param name="subjects">The models with what each plays.</param>
/// <param name="warmups">Rounds that do not count.</param>
/// <param name="repetitions">Rounds that do.</param>
public sealed class SpeedBenchmark(IReadOnlyList<(Decoder Decoder, LayerPlan Plan)> subjects, int warmups, int repetitions)
{
    /// <summary>Times one case.</summary>
    /// <param name="what">The case.</param>
    /// <param name="progress">Told after each repetition; or null.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    /// <returns>For each model its samples.</returns>
    /// <exception cref="LayerToolException">The text would be longer than a model's context.</exception>
    public ImmutableArray<SpeedSamples> Run(SpeedCase what, IProgress<Step>? progress = null, CancellationToken cancellation = default)
    {
        int context = subjects.Min(subject => subject.Decoder.Config.ContextLength);
        if (what.Prompt + what.Generate > context)
        {
            throw new LayerToolException(
                $"{what.Prompt} tokens and {what.Generate} more are {what.Prompt + what.Generate}; the model was made for {context}", "lower `--prompt` or `--gen`");
        }

        List<SpeedRound>[] rounds = [.. subjects.Select(_ => new List<SpeedRound>())];
        int total = (warmups + repetitions) * subjects.Count, done = 0;
        for (int round = -warmups; round < repetitions; round++)
        {
            for (int subject = 0; subject < subjects.Count; subject++)
            {
                SpeedRound measured = Once(subjects[subject], what, cancellation);
                if (round >= 0)
                {
                    rounds[subject].Add(measured);
                }

                progress?.Report(new Step($"batch {what.Batch}, {what.Prompt} + {what.Generate} tokens", ++done, total, "rounds"));
            }
        }

        return [.. rounds.Select(ofOne => new SpeedSamples(what, [.. ofOne]))];
    }

    private static SpeedRound Once((Decoder Decoder, LayerPlan Plan) subject, SpeedCase what, CancellationToken cancellation)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        (Decoder decoder, LayerPlan plan) = subject;
        SlotWatch watch = new(cancellation);
        long[] ids = [.. Enumerable.Range(0, what.Batch * what.Prompt).Select(index => (index * 7919L) % decoder.Config.VocabSize)];
        Tensor prompt = tensor(ids, [what.Batch, what.Prompt], dtype: ScalarType.Int64);
        using KvCache cache = new(what.Prompt + what.Generate);
        long started = Stopwatch.GetTimestamp();
        Tensor next = Step(decoder, plan, prompt, cache, watch);
        double prefill = Stopwatch.GetElapsedTime(started).TotalSeconds;
        started = Stopwatch.GetTimestamp();
        for (int step = 0; step < what.Generate; step++)
        {
            Tensor before = next;
            next = Step(decoder, plan, before, cache, watch);
            before.Dispose();
        }

        return new SpeedRound(prefill, Stopwatch.GetElapsedTime(started).TotalSeconds, cache.Bytes);
    }

    // The likeliest tokens are taken off the device, as whoever shows them must: that ends the step.
    private static Tensor Step(Decoder decoder, LayerPlan plan, Tensor ids, KvCache cache, SlotWatch watch)
    {
        using DisposeScope scope = NewDisposeScope();
        return decoder.Forward(plan, ids, cache: cache, observer: watch, lastOnly: true).argmax(-1).cpu().MoveToOuterDisposeScope();
    }
}
