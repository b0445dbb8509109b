using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Verification;

/// <summary>
/// Runs a checkpoint against reference outputs: every state and every logit of a plain run, padded batches, each edited case,
/// greedy tokens, and cases that must be refused.
/// </summary>
public sealed partial class Verifier
{
    private readonly Decoder _decoder;
    private readonly ExpectedOutputs _expected;
    private readonly ComputeDtype _dtype;
    private readonly LayerPlan _plan;

    private Verifier(Decoder decoder, ExpectedOutputs expected, ComputeDtype dtype, LayerPlan plan)
    {
        _decoder = decoder;
        _expected = expected;
        _dtype = dtype;
        _plan = plan;
    }

    /// <summary>Verifies.</summary>
    /// <param name="sources">The checkpoint; a <c>donor</c> is added from beside the reference where there is one.</param>
    /// <param name="plan">What is run; null for what the reference says.</param>
    /// <param name="expected">The reference.</param>
    /// <param name="settings">Device and type; <see cref="ComputeDtype.Auto"/> is the reference's own type.</param>
    /// <param name="progress">Told after each part.</param>
    /// <param name="cancellation">Checked before each part.</param>
    /// <param name="adapters">The adapters that the plan names; null for none.</param>
    /// <returns>A line for each tensor, list and refusal, in the order of the run.</returns>
    /// <exception cref="LayerToolException">The reference or the checkpoint is at fault.</exception>
    public static ImmutableArray<Finding> Run(
        CheckpointSet sources,
        LayerPlan? plan,
        ExpectedOutputs expected,
        ComputeSettings settings,
        IProgress<Step>? progress,
        CancellationToken cancellation,
        AdapterSet? adapters = null)
    {
        if (sources.Find("donor") is null && Directory.Exists(expected.DonorFolder))
        {
            sources.Add("donor", Checkpoint.Open(expected.DonorFolder));
        }

        ComputeDtype dtype = settings.Dtype == ComputeDtype.Auto ? expected.ComputedIn : settings.Dtype;

        // A router's choice flips with a last bit: in 16 bits a run follows the reference only where it rounds at each step as that does.
        bool spellsOutScores = dtype != ComputeDtype.Float32 && sources.Main.Config.Experts is not null;
        using Decoder decoder = Decoder.Open(sources, settings with { Dtype = dtype }, spellsOutScores: spellsOutScores, adapters: adapters);
        plan ??= expected.Plan is null ? LayerPlan.Identity(decoder.Config.LayerCount) : PlanNotation.Parse(expected.Plan);
        return new Verifier(decoder, expected, dtype, plan).RunAll(progress, cancellation);
    }

    [GeneratedRegex("^patch-([0-9]{1,6})-to-([0-9]{1,6})-at-([0-9]{1,9})$")]
    private static partial Regex PatchName();

    private ImmutableArray<Finding> RunAll(IProgress<Step>? progress, CancellationToken cancellation)
    {
        List<Func<List<Finding>>> parts =
        [
            CompareStates,
            () => ComparePadded("right"),
            () => ComparePadded("left"),
            .. _expected.Plans.Select(pair => (Func<List<Finding>>)(() => CompareCase(pair.Key, pair.Value))),
            () => [.. _expected.Failed.Select(pair => CompareRefusal(pair.Key, pair.Value))],
            CompareGreedy,
        ];
        ImmutableArray<Finding>.Builder findings = ImmutableArray.CreateBuilder<Finding>();
        for (int part = 0; part < parts.Count; part++)
        {
            cancellation.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            findings.AddRange(parts[part]());
            progress?.Report(new Step("verifying", part + 1, parts.Count, "parts"));
        }

        if (findings.Count == 0)
        {
            throw new LayerToolException($"{_expected.File}: holds nothing to compare", "it needs `ids`, and `logits` or states of layers");
        }

        HashSet<string> compared = [.. findings.Select(finding => finding.Name)];
        foreach (string name in _expected.Names.Where(name => !IsInput(name) && !compared.Contains(name)))
        {
            findings.Add(new Finding(name, Holds: false, null, null, null, "not compared: neither a state nor logits of a case in `plans`"));
        }

        return findings.ToImmutable();
    }

    private List<Finding> CompareStates()
    {
        ReferencePlaces places = ReferencePlaces.Of(_decoder.Config.Architecture);
        using StateRecorder recorder = places.Recorder();
        Tensor logits = _decoder.Forward(_plan, _expected.GetRows("ids"), observer: recorder);
        List<(string Name, Tensor? State)> states = [("embed", recorder.Find(ActivationPlace.Embedding, -1))];
        int slots = _plan.Slots.Count();
        for (int slot = 0; slot < slots; slot++)
        {
            string number = slot.ToString(CultureInfo.InvariantCulture);
            states.Add(("attn." + number, recorder.Find(places.Attention, slot)));
            states.Add(("mlp." + number, recorder.Find(places.Mlp, slot)));
            states.Add(("layer." + number, recorder.Find(ActivationPlace.SlotOutput, slot)));
        }

        states.Add(("logits", logits));
        List<Finding> findings = [];
        foreach ((string name, Tensor? state) in states)
        {
            if (_expected.Has(name))
            {
                findings.Add(state is null
                    ? new Finding(name, Holds: false, null, null, Bound(name), "not reached: the plan has no such half")
                    : TensorComparison.Compare(name, state, _expected.Get(name), mask: null, Bound(name)));
            }
        }

        foreach (string name in _expected.Names.Where(name => IsState(name) && !states.Exists(state => state.Name == name)))
        {
            findings.Add(new Finding(name, Holds: false, null, null, Bound(name), $"the plan has {slots} slots"));
        }

        return findings;
    }

    private List<Finding> ComparePadded(string side)
    {
        string name = "logits." + side;
        if (!_expected.Has(name))
        {
            return [];
        }

        Tensor mask = _expected.GetRows("mask." + side);
        Tensor logits = _decoder.Forward(_plan, _expected.GetRows("ids." + side), mask);
        return [TensorComparison.Compare(name, logits, _expected.Get(name), mask, Bound(name))];
    }

    private List<Finding> CompareCase(string name, string? text)
    {
        string tensor = "case." + name;
        if (!_expected.Has(tensor) || _expected.Failed.Any(pair => pair.Key == name))
        {
            return [];
        }

        Tensor ids = _expected.GetRows("ids");
        if (text is not null)
        {
            try
            {
                Tensor logits = _decoder.Forward(PlanNotation.Parse(text), ids);
                return [TensorComparison.Compare(tensor, logits, _expected.Get(tensor), mask: null, Bound(tensor))];
            }
            catch (LayerToolException fault)
            {
                return [new Finding(tensor, Holds: false, null, null, Bound(tensor), $"`{text}` was refused: {fault.Message}")];
            }
        }

        Match patch = PatchName().Match(name);
        if (!patch.Success)
        {
            return [new Finding(tensor, Holds: false, null, null, Bound(tensor), "a case without a plan, whose name is not `patch-S-to-T-at-P`")];
        }

        int Number(int group) => int.Parse(patch.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

        int slots = _plan.Slots.Count();
        if (Number(1) >= slots || Number(2) >= slots || Number(3) >= ids.size(1))
        {
            return [new Finding(tensor, Holds: false, null, null, Bound(tensor), $"the plan has {slots} slots and the text {ids.size(1)} tokens")];
        }

        Tensor patched = StatePatch.Forward(_decoder, _plan, ids, Number(1), Number(2), Number(3));
        return [TensorComparison.Compare(tensor, patched, _expected.Get(tensor), mask: null, Bound(tensor))];
    }

    private Finding CompareRefusal(string name, string? text)
    {
        if (text is null)
        {
            return new Finding("refused." + name, Holds: false, null, null, null, "its plan is not given, so it cannot be tried");
        }

        LayerPlan plan = PlanNotation.Parse(text); // a plan that nobody can read is a fault of the file, not a refusal
        try
        {
            _decoder.Forward(plan, _expected.GetRows("ids"));
            return new Finding("refused." + name, Holds: false, null, null, null, "was run, although the reference says that it cannot be");
        }
        catch (LayerToolException fault)
        {
            return new Finding("refused." + name, Holds: true, null, null, null, fault.Message);
        }
    }

    private List<Finding> CompareGreedy()
    {
        List<Finding> findings = [];
        if (!_expected.GreedyLeft.IsEmpty)
        {
            IReadOnlyList<IReadOnlyList<int>> rows = TokenRows.WithoutPadding(_expected.GetRows("ids.left"), _expected.GetRows("mask.left"));
            IReadOnlyList<IReadOnlyList<TokenChoice>> chosen = Generate(_plan, rows, _expected.GreedyLeft.Max(list => list.Length), cached: true);
            for (int row = 0; row < _expected.GreedyLeft.Length; row++)
            {
                findings.Add(row < chosen.Count
                    ? CompareTokens($"greedy_left.{row}", chosen[row], _expected.GreedyLeft[row])
                    : new Finding($"greedy_left.{row}", Holds: false, null, null, null, $"`ids.left` has {chosen.Count} rows"));
            }
        }

        IReadOnlyList<IReadOnlyList<int>> one = TokenRows.WithoutPadding(_expected.GetRows("ids"), mask: null);
        if (!_expected.GreedyOneRow.IsEmpty)
        {
            findings.Add(CompareTokens("greedy_one_row_uncached", Generate(_plan, one, _expected.GreedyOneRow.Length, cached: false)[0], _expected.GreedyOneRow));
            findings.Add(CompareTokens("greedy_one_row_cached", Generate(_plan, one, _expected.GreedyOneRow.Length, cached: true)[0], _expected.GreedyOneRow));
        }

        foreach ((string name, ImmutableArray<int> tokens) in _expected.GreedyEdited)
        {
            if (_expected.Plans.FirstOrDefault(pair => pair.Key == name).Value is not string text)
            {
                findings.Add(new Finding("greedy_edited." + name, Holds: false, null, null, null, "there is no plan of that name"));
                continue;
            }

            findings.Add(CompareTokens("greedy_edited." + name, Generate(PlanNotation.Parse(text), one, tokens.Length, cached: true)[0], tokens));
        }

        return findings;
    }

    private IReadOnlyList<IReadOnlyList<TokenChoice>> Generate(LayerPlan plan, IReadOnlyList<IReadOnlyList<int>> rows, int count, bool cached) =>
        TokenGenerator.Generate(_decoder, plan, rows, new GenerationSettings(count) { Cached = cached });

    /// <summary>In 16 bits a list is compared up to the first step whose two best logits lie within 5 % of the spread.</summary>
    private Finding CompareTokens(string name, IReadOnlyList<TokenChoice> chosen, ImmutableArray<int> expected)
    {
        for (int step = 0; step < expected.Length; step++)
        {
            if (_dtype != ComputeDtype.Float32 && _expected.Spread is double spread && chosen[step].Margin < 0.05 * spread)
            {
                return new Finding(name, Holds: true, null, null, null, $"equal up to step {step}, where two tokens are nearly as likely");
            }

            if (chosen[step].Token != expected[step])
            {
                return new Finding(name, Holds: false, null, null, null, $"token {chosen[step].Token} at step {step}, expected {expected[step]}");
            }
        }

        return new Finding(name, Holds: true, null, null, null, $"{expected.Length} tokens equal");
    }

    private Tolerance Bound(string name) => Tolerance.For(name, _dtype, _expected.ModelType);

    private static bool IsInput(string name) => name.Split('.')[0] is "ids" or "mask";

    private static bool IsState(string name) =>
        name.StartsWith("attn.", StringComparison.Ordinal) || name.StartsWith("mlp.", StringComparison.Ordinal) || name.StartsWith("layer.", StringComparison.Ordinal);
}
