using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Saving;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Tying;

/// <summary>
/// A model with tied layers, computed from its sources matrix by matrix: no more than a few of them are in memory at a time. Not
/// for use by several threads at once.
/// </summary>
public sealed class TiedModel : IDisposable
{
    private readonly TiePlan _plan;
    private readonly TiedWeights _weights;

    private TiedModel(TiePlan plan)
    {
        _plan = plan;
        _weights = new TiedWeights(plan);
    }

    /// <summary>Opens the sources' weights.</summary>
    /// <param name="plan">How the layers are tied.</param>
    /// <param name="settings">Threads and libraries; it is computed on the processor whatever the device.</param>
    /// <exception cref="LayerToolException">The native library does not load.</exception>
    public static TiedModel Open(TiePlan plan, ComputeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(plan);
        TorchHost.Start(settings);
        return new TiedModel(plan);
    }

    /// <summary>What sharing takes from each matrix, and what is left of that once the updates are added; matrix by matrix of each depth.</summary>
    /// <param name="progress">Told of the matrices.</param>
    /// <param name="cancellation">Looked at before each.</param>
    /// <exception cref="LayerToolException">A weight cannot be read or is not finite.</exception>
    public ImmutableArray<TiedMatrix> Measure(IProgress<Step>? progress = null, CancellationToken cancellation = default)
    {
        TiedTensor[] matrices = [.. _plan.Matrices];
        int total = _plan.Map.Depths * matrices.Length;
        int done = 0;
        for (int depth = 0; depth < _plan.Map.Depths; depth++)
        {
            foreach (TiedTensor matrix in matrices)
            {
                cancellation.ThrowIfCancellationRequested();
                _weights.Measure(depth, matrix.Suffix);
                progress?.Report(new Step("decomposing", ++done, total, "matrices"));
            }
        }

        _weights.RequireUnchanged();
        return [.. _weights.Measured.OrderBy(matrix => matrix.Depth).ThenBy(matrix => matrix.Module, StringComparer.Ordinal)];
    }

    /// <summary>Gives a decoder over the same sources the tied layers, as they would be written, and keeps the updates for writing.</summary>
    /// <param name="decoder">The decoder; it owns the layers from now on.</param>
    /// <param name="layout">In which form: where products are not written out, nothing of them is rounded.</param>
    /// <param name="progress">Told of the depths.</param>
    /// <param name="cancellation">Looked at before each tensor.</param>
    /// <returns>The plan that plays them.</returns>
    /// <exception cref="LayerToolException">A weight cannot be read or is not finite.</exception>
    public LayerPlan AddTo(Decoder decoder, TieLayout layout, IProgress<Step>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        _weights.KeepsFactors = true; // the model is in memory, and they are small beside it
        ImmutableArray<PlanStep>.Builder steps = ImmutableArray.CreateBuilder<PlanStep>();
        foreach (LayerSlot slot in _plan.Plan.Slots)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"depth{steps.Count}");
            decoder.AddAdapter(name, LayerAt(steps.Count, slot, decoder, layout, cancellation), slot.Source);
            steps.Add(new LayerSlot(slot.Source, slot.Layer, Adapter: name));
            progress?.Report(new Step("tying", steps.Count, _plan.Map.Depths, "layers"));
        }

        _weights.RequireUnchanged();
        return _plan.Plan with { Steps = steps.ToImmutable() };
    }

    /// <summary>Writes the model.</summary>
    /// <param name="layout">In which form.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="record">What <c>layertool.json</c> tells beside the plan; null for nothing.</param>
    /// <param name="progress">Told of the bytes written.</param>
    /// <param name="cancellation">Looked at before each tensor.</param>
    /// <exception cref="LayerToolException">The folder may not be written, a weight is not finite, or the disk is full.</exception>
    /// <exception cref="OperationCanceledException">Stopped; nothing is left.</exception>
    public SaveResult Save(TieLayout layout, SaveOptions options, PlanFile? record = null, IProgress<Step>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        SavePlan saved = layout == TieLayout.Compact ? _plan.Compact : _plan.Unrolled;
        TiedExtras extras = new(_plan, _weights, layout, options.Folder, record);
        return CheckpointSaver.Save(_plan.Sources, _plan.Plan, saved with { Notes = [.. saved.Notes, .. TieNotes.Of(_plan, layout)] }, options, progress, cancellation, extras);
    }

    /// <summary>All tensors of one depth, in the place of those of the layer that its slot plays.</summary>
    private AdapterWeights LayerAt(int depth, LayerSlot slot, Decoder decoder, TieLayout layout, CancellationToken cancellation)
    {
        using DisposeScope scope = NewDisposeScope();
        Device device = decoder.DeviceOf(slot.Layer);
        LayerNaming names = _plan.Sources[slot.Source].Layers;
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        Dictionary<string, LowRankUpdate> updates = new(StringComparer.Ordinal);
        foreach (TiedTensor tensor in _plan.Tensors.Where(tensor => tensor.Kind != TiedKind.Buffer))
        {
            cancellation.ThrowIfCancellationRequested();
            bool isUpdated = tensor.Rank > 0 && layout != TieLayout.Merged;
            using Tensor wide = isUpdated ? _weights.Shared(_plan.Map.SharedAt(depth), tensor.Suffix) : _weights.Merged(depth, tensor.Suffix);
            tensors.Add(names.Name(slot.Layer, tensor.Suffix), wide.to(ScalarType.Float32).to(_weights.StoredType(tensor.Suffix)).to(decoder.Dtype, device));
            if (isUpdated)
            {
                TiedFactors factors = _weights.Factors(depth, tensor.Suffix);
                updates.Add(names.Name(slot.Layer, tensor.Module), new LowRankUpdate(factors.A.to(device, copy: true), factors.B.to(device, copy: true), Scale: 1));
            }
        }

        return new AdapterWeights(updates, tensors);
    }

    /// <inheritdoc />
    public void Dispose() => _weights.Dispose();
}
