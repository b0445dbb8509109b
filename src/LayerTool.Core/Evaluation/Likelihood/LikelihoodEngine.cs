using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Evaluation.Likelihood;

/// <summary>
/// Log-likelihoods of many windows under one or several plans. Windows that begin alike share the tokens that they have in common;
/// plans that begin alike share those slots; logits are made for counted tokens alone.
/// </summary>
/// <param name="decoder">The model.</param>
/// <param name="plans">What is played.</param>
/// <param name="settings">How it is computed.</param>
public sealed class LikelihoodEngine(Decoder decoder, IReadOnlyList<LayerPlan> plans, LikelihoodSettings settings)
{
    private readonly PlanTreeRun _run = new(decoder, PlanTree.Of(plans));
    private readonly TreeBatches _batches = new(decoder, settings.BatchSize);
    private readonly WindowScores _scores = new(decoder, settings.SoftmaxInModelDtype);

    /// <summary>Scores windows.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="answered">Given a window's number and its answer under each plan, in whatever order they come.</param>
    /// <param name="phase">Name of the work, for progress.</param>
    /// <param name="progress">Told in front of each slot and after each batch, in tokens; or null.</param>
    /// <param name="cancellation">Checked in front of each slot.</param>
    public LikelihoodCost Score(
        IReadOnlyList<TokenWindow> windows,
        Action<int, IReadOnlyList<LikelihoodAnswer>> answered,
        string phase = "evaluating",
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
    {
        bool alone = _batches.LengthMatters(windows);
        IReadOnlyList<TreeFamily> families = TreePlan.Of(windows, alone);
        long total = TreePlan.Tokens(families), done = 0, rows = 0;
        int slots = Math.Max(1, _run.Plans.SlotCount);
        SlotWatch Watch(long tokens) => new(cancellation, slot => progress?.Report(new Step(phase, done + (tokens * slot / slots), total, "tokens")));

        foreach (TreeFamily family in families)
        {
            cancellation.ThrowIfCancellationRequested();
            using KvCache? beginning = family.Beginning > 0 ? Beginning(family, Watch(family.Beginning)) : null;
            done += family.Beginning;
            foreach (IReadOnlyList<TokenTree> batch in _batches.Of(family, alone))
            {
                long tokens = batch.Sum(row => (long)row.Length - family.Beginning);
                rows += Score(batch, family.Beginning, beginning, windows, answered, Watch(tokens), cancellation);
                done += tokens;
                progress?.Report(new Step(phase, done, total, "tokens"));
            }
        }

        return new LikelihoodCost(total, windows.Sum(window => (long)window.InputLength), rows);
    }

    /// <summary>Keys and values of the tokens that all rows begin with, in every slot of the tree.</summary>
    private KvCache Beginning(TreeFamily family, SlotWatch watch)
    {
        using DisposeScope scope = NewDisposeScope();
        KvCache cache = new(family.Beginning);
        Tensor ids = tensor([.. family.Rows[0].Tokens.Take(family.Beginning).Select(id => (long)id)], [1, family.Beginning], dtype: ScalarType.Int64);
        _run.Run(ids, null, cache, watch, (_, _) => { }, logits: 0);
        cache.Advance(family.Beginning, null);
        return cache;
    }

    private int Score(
        IReadOnlyList<TokenTree> batch,
        int beginning,
        KvCache? cache,
        IReadOnlyList<TokenWindow> windows,
        Action<int, IReadOnlyList<LikelihoodAnswer>> answered,
        SlotWatch watch,
        CancellationToken cancellation)
    {
        using DisposeScope scope = NewDisposeScope();
        using KvCache? branch = cache?.Branch();
        TreeInput input = TreeInput.Of(batch, beginning, decoder.Device);
        ScoredRows rows = ScoredRows.Of(batch, beginning, windows);
        LikelihoodAnswer[][] answers = [.. rows.Windows.Select(_ => new LikelihoodAnswer[plans.Count])];
        _run.Run(
            input.Ids,
            input.Layout,
            branch,
            watch,
            (plan, state) => _scores.Take(plans[plan], state, rows, (index, answer) => answers[index][plan] = answer, cancellation),
            _scores.LogitsAtOnce(rows));
        for (int index = 0; index < answers.Length; index++)
        {
            answered(rows.Windows[index], answers[index]);
        }

        return rows.Rows.Length;
    }
}
