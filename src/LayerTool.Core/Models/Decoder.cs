using System.Collections.Immutable;
using LayerTool.Adapters;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// The decoder: runs any plan over the layers of one or more checkpoints, whose weights are loaded once and shared by all plans.
/// <code>
///   ids ─ embedding ─▶ x ─┬─ norm ─ attention ─▶ + ─┬─ norm ─ MLP ─▶ + ─▶ … ─ norm ─ head ─▶ logits
///                         └─────────────────────┘   └─────────────┘
///                               one slot: either half may be off, or multiplied
/// </code>
/// The drawing is Llama's. Where norms stand, and what attention and MLP are, each family's row of <see cref="KnownArchitectures"/> says.
/// B batch, T new tokens, H hidden size, V vocabulary. Not for use by several threads at once.
/// </summary>
public sealed class Decoder : IDisposable
{
    private readonly Dictionary<string, SourceModel> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, string Source), AdapterWeights> _adapters = [];
    private readonly LayerDevices _devices;
    private readonly RunMemory _memory;
    private readonly HeldWeights _held;

    private Decoder(LayerDevices devices, ScalarType dtype, bool gradients, bool offload)
    {
        _devices = devices;
        _memory = new RunMemory(_sources, devices, dtype, offload);
        _held = new HeldWeights(_sources, offload);
        Dtype = dtype;
        CarriesGradients = gradients;
    }

    /// <summary>The type that everything is computed in.</summary>
    public ScalarType Dtype { get; }

    /// <summary>Where states and logits are that this gives out; of several devices the first.</summary>
    public Device Device => _devices.First;

    /// <summary>Every device that layers are computed on, as <c>--device</c> names them.</summary>
    public string DeviceNames => string.Join(',', _devices.All);

    /// <summary>Whether weights are own copies that collect gradients, and a forward pass can be differentiated.</summary>
    public bool CarriesGradients { get; }

    /// <summary>
    /// Whether attention's scores are computed step by step and rounded at each, as references are made: slower, and with more memory.
    /// </summary>
    public bool SpellsOutScores { get; init; }

    /// <summary>The adapters that plans may name, beside those of <see cref="AddAdapter"/>; loaded when a plan first needs them.</summary>
    public AdapterSet Adapters { get; init; } = [];

    /// <summary>How the updates of these adapters run.</summary>
    public AdapterMode AdapterMode { get; init; }

    /// <summary>Config of the main source.</summary>
    public ModelConfig Config => _sources[LayerPlan.Main].Config;

    /// <summary>Opens the sources; weights are loaded when a plan first needs them.</summary>
    /// <param name="sources">The checkpoints by name, <c>main</c> among them.</param>
    /// <param name="settings">Device, type, threads, seed.</param>
    /// <param name="gradients">Whether the weights collect gradients.</param>
    /// <param name="spellsOutScores">See <see cref="SpellsOutScores"/>.</param>
    /// <param name="adapters">See <see cref="Adapters"/>; null for none.</param>
    /// <param name="adapterMode">See <see cref="AdapterMode"/>.</param>
    /// <exception cref="LayerToolException">A config is at fault, or a device is not there.</exception>
    public static Decoder Open(
        CheckpointSet sources,
        ComputeSettings settings,
        bool gradients = false,
        bool spellsOutScores = false,
        AdapterSet? adapters = null,
        AdapterMode adapterMode = AdapterMode.Applied)
    {
        if (gradients && settings.Offload)
        {
            throw new LayerToolException("weights that are trained cannot be offloaded: their changes would be lost", "leave `--offload` out");
        }

        TorchHost.Start(settings);
        ImmutableArray<Device> devices = TorchHost.Devices(settings.Device);
        Checkpoint main = sources[LayerPlan.Main];
        string embedding = main.Config.Architecture.Names.Embedding + ".weight";
        ScalarType stored = main.Tensors.TryGetValue(embedding, out Safetensors.TensorEntry? entry) ? TorchDtypes.Of(entry) : ScalarType.Float32;
        ScalarType dtype = TorchHost.Dtype(settings.Dtype, stored, devices);
        LayerDevices places = ModelSize.Spread(sources, devices, dtype, settings);
        Decoder decoder = new(places, dtype, gradients, settings.Offload) { SpellsOutScores = spellsOutScores, Adapters = adapters ?? [], AdapterMode = adapterMode };
        foreach ((string name, Checkpoint checkpoint) in sources)
        {
            decoder._sources.Add(name, new SourceModel(checkpoint, name == LayerPlan.Main ? null : main, places, dtype, gradients, settings.Offload));
        }

        return decoder;
    }

    /// <summary>Gives the slots of a source that name an adapter what it holds. The decoder owns it from now on.</summary>
    /// <param name="name">Its name in plans.</param>
    /// <param name="weights">Its tensors, on the decoder's device; updates may be of another type than <see cref="Dtype"/>.</param>
    /// <param name="source">The source that it is for.</param>
    public void AddAdapter(string name, AdapterWeights weights, string source = LayerPlan.Main) => _adapters.Add((name, source), weights);

    /// <summary>
    /// Adds a source: the main one, the weights of its layers mixed with another's, (1 − part) · main + part · other. One of that name
    /// that is there gives way.
    /// </summary>
    /// <param name="name">Its name in plans.</param>
    /// <param name="other">A source whose layers fit.</param>
    /// <param name="part">0 to 1; both ends are copies.</param>
    public void Mix(string name, string other, double part)
    {
        _held.Leave();
        if (_sources.Remove(name, out SourceModel? before))
        {
            before.Dispose();
        }

        WeightMix mix = new(Source(other).Checkpoint, part);
        _sources.Add(name, new SourceModel(Source(LayerPlan.Main).Checkpoint, null, _devices, Dtype, CarriesGradients, _held.Offloads, mix));
    }

    /// <summary>Where the layer of that index is computed.</summary>
    internal Device DeviceOf(int layer) => _devices.Of(layer);

    /// <summary>The halves of a slot that run: those that it plays and that its layer has.</summary>
    /// <exception cref="LayerToolException">Its source is not given.</exception>
    public LayerHalves Halves(LayerSlot slot)
    {
        LayerConfig layer = Source(slot.Source).Config.Layers[slot.Layer];
        return (slot.HasAttention && layer.HasAttention ? LayerHalves.Attention : LayerHalves.None)
            | (slot.HasMlp && layer.HasMlp ? LayerHalves.Mlp : LayerHalves.None);
    }

    /// <summary>Logits of a batch under a plan.</summary>
    /// <param name="plan">What to play.</param>
    /// <param name="ids">Token ids [B, T], int64.</param>
    /// <param name="mask">[B, past + T], 1 for real tokens and 0 for padding; null where all are real.</param>
    /// <param name="cache">Continued and advanced by T, where given. It belongs to one plan.</param>
    /// <param name="observer">Reads or replaces states.</param>
    /// <param name="lastOnly">Only the last position's logits.</param>
    /// <returns>[B, T, V], or [B, 1, V], in the compute type.</returns>
    /// <exception cref="LayerToolException">A tensor that the plan needs is missing or does not fit, or an id is out of range.</exception>
    public Tensor Forward(LayerPlan plan, Tensor ids, Tensor? mask = null, KvCache? cache = null, IActivationObserver? observer = null, bool lastOnly = false)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = set_grad_enabled(CarriesGradients);
        Prepare(plan, ids, cache, logits: ids.size(0) * (lastOnly ? 1 : ids.size(1)) * Config.VocabSize);
        Tensor state = HiddenState(plan, ids, mask, cache, observer);
        return Head(plan, lastOnly ? state.narrow(1, -1, 1) : state).MoveToOuterDisposeScope();
    }

    /// <summary>The residual stream behind the last slot, before the final norm: [B, T, H]. Parameters as for <see cref="Forward"/>.</summary>
    public Tensor HiddenState(LayerPlan plan, Tensor ids, Tensor? mask = null, KvCache? cache = null, IActivationObserver? observer = null)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = set_grad_enabled(CarriesGradients);
        Prepare(plan, ids, cache, logits: 0);
        Reserve(plan, ids, cache);
        Tensor? seen = WholeMask(ids, mask, cache)?.to(Device);
        using ForwardPass pass = new(seen, (int)ids.size(1), cache, Dtype, Device) { SpellsOutScores = SpellsOutScores };
        Tensor state = Observed(observer, new ActivationSite(ActivationPlace.Embedding, -1, null), Embed(plan.EmbeddingSource, plan.EndsAdapter, ids.to(Device), pass));
        int slot = 0;
        state = Play(plan.Steps, state, pass, observer, ref slot).to(Device);
        foreach (SourceModel source in _sources.Values)
        {
            source.Weights.RequireUnchanged();
        }

        cache?.Advance((int)ids.size(1), seen);
        scope.MoveToOuter(state);
        return state;
    }

    /// <summary>Final norm and head of the plan's head source: [B, T, H] → [B, T, V].</summary>
    public Tensor Head(LayerPlan plan, Tensor state)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = set_grad_enabled(CarriesGradients);
        SourceModel source = Source(plan.HeadSource);
        _held.Enter(source, layer: null);
        return ModelEnds.Head(source, state, plan.TiedHead ? Source(plan.EmbeddingSource).Embedding : null, Adapter(plan.EndsAdapter, plan.HeadSource)).MoveToOuterDisposeScope();
    }

    /// <summary>The weights of a source that have been loaded, by tensor name; they belong to the decoder.</summary>
    public IReadOnlyDictionary<string, Tensor> LoadedWeights(string source) => Source(source).Weights.Loaded;

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (SourceModel source in _sources.Values)
        {
            source.Dispose();
        }

        foreach (AdapterWeights adapter in _adapters.Values)
        {
            adapter.Dispose();
        }

        _sources.Clear();
        _adapters.Clear();
    }

    /// <summary>
    /// Once for a plan and a size of batch: that every tensor is there and fits, and that memory suffices, is known before the first
    /// weight is loaded rather than in the middle of the run.
    /// </summary>
    internal void Prepare(LayerPlan plan, Tensor ids, KvCache? cache, long logits)
    {
        long batch = ids.size(0), count = ids.size(1);
        if (_memory.Covers(plan, batch * count, logits))
        {
            return;
        }

        HashSet<double> gains = [.. plan.Slots.SelectMany(slot => new[] { slot.AttentionGain, slot.MlpGain })];
        foreach (string source in plan.Slots.Select(slot => slot.Source).Append(plan.EmbeddingSource).Append(plan.HeadSource).Distinct())
        {
            Source(source).KeepGains(gains);
        }

        foreach ((string adapter, string source) in plan.AdaptedSources())
        {
            _ = Adapter(adapter, source); // what does not fit is said now
        }

        _held.Leave();
        _memory.Ask(plan, batch, count, cache is null ? null : Math.Max(count, cache.ExpectedLength), logits);
        if (!_held.Offloads)
        {
            // Before any state is made: weights that are loaded among them would lie scattered, and the holes stay.
            foreach ((int index, LayerSlot slot) in plan.Slots.Index())
            {
                Parts(slot, index);
            }
        }
    }

    private void Reserve(LayerPlan plan, Tensor ids, KvCache? cache)
    {
        foreach ((int index, LayerSlot slot) in cache is null ? [] : plan.Slots.Index())
        {
            ModelConfig config = Source(slot.Source).Config;
            if (slot.Layer < config.LayerCount && (slot.HasAttention || config.Layers[slot.Layer].Kv == KvRole.Given) && config.CacheShapeOf(slot.Layer) is CacheShape shape)
            {
                cache!.Reserve(index, shape, ids.size(0), ids.size(1), Dtype, _devices.Of(slot.Layer));
            }
        }
    }

    /// <summary>The first slot's input: token ids [B, T] → [B, T, H]. The pass gets what layers read beside the stream.</summary>
    internal Tensor Embed(string embeddingSource, string? endsAdapter, Tensor ids, ForwardPass pass)
    {
        SourceModel source = Source(embeddingSource);
        _held.Enter(source, layer: null);
        AdapterWeights? adapter = Adapter(endsAdapter, embeddingSource);
        Tensor state = ModelEnds.Embed(source, ids, pass, adapter);
        pass.Begin(ModelEnds.LayerInputs(source, ids, state, adapter));
        return state;
    }

    /// <summary>Plays steps on a state [B, T, H] that stays the caller's; <paramref name="slot"/> numbers their slots.</summary>
    internal Tensor Play(ImmutableArray<PlanStep> steps, Tensor state, ForwardPass pass, IActivationObserver? observer, ref int slot)
    {
        Tensor input = state; // the caller's
        foreach (PlanStep step in steps)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor next = step switch
            {
                LayerSlot played => PlaySlot(played, slot++, state, pass, observer),
                ParallelGroup group => PlayGroup(group, state, pass, observer, ref slot),
                _ => throw new InvalidOperationException($"Unknown step {step.GetType().Name}."),
            };
            scope.MoveToOuter(next);
            if (!ReferenceEquals(state, input) && !ReferenceEquals(state, next))
            {
                state.Dispose(); // one state at a time, however long the plan is
            }

            state = next;
        }

        return state;
    }

    /// <summary>y = x + Σ (member(x) − x).</summary>
    private Tensor PlayGroup(ParallelGroup group, Tensor state, ForwardPass pass, IActivationObserver? observer, ref int slot)
    {
        Tensor sum = state;
        foreach (ImmutableArray<PlanStep> member in group.Members)
        {
            sum = sum + (Play(member, state, pass, observer, ref slot).to(state.device) - state);
        }

        return sum;
    }

    private Tensor PlaySlot(LayerSlot played, int slot, Tensor state, ForwardPass pass, IActivationObserver? observer)
    {
        ActivationSite At(ActivationPlace place) => new(place, slot, played);

        SlotParts parts = Parts(played, slot);
        LayerFrame frame = parts.Frame;
        ModelConfig config = Source(played.Source).Config;
        pass = pass.On(_devices.Of(played.Layer));
        Tensor input = Observed(observer, At(ActivationPlace.SlotInput), state.to(pass.Device));
        Tensor stream = input;
        if (parts.Mixer is MixerHalf mixer)
        {
            Tensor result = mixer.Mixer.Apply(mixer.Before?.Apply(input) ?? input, pass, slot);
            if (played.HasAttention)
            {
                result = Observed(observer, At(ActivationPlace.AttentionResult), result);
                stream = stream + Observed(observer, At(ActivationPlace.AttentionOutput), Update(mixer.After?.Apply(result) ?? result, config));
            }
        }

        stream = frame.AfterAttention?.Apply(stream) ?? stream;
        bool parallel = config.Architecture.Block.IsParallel();
        Tensor read = Observed(observer, At(ActivationPlace.MlpInput), parallel ? input : stream);
        stream = parallel ? stream : read;
        if (parts.Mlp is MlpHalf mlp)
        {
            Tensor result = mlp.Mlp.Apply(mlp.Before?.Apply(read) ?? read);
            result = Observed(observer, At(ActivationPlace.MlpResult), result);
            stream = stream + Observed(observer, At(ActivationPlace.MlpOutput), Update(mlp.After?.Apply(result) ?? result, config));
        }

        stream = frame.AfterMlp?.Apply(stream) ?? stream;
        stream = frame.Input?.Apply(stream, pass.LayerInputs!) ?? stream;
        return Observed(observer, At(ActivationPlace.SlotOutput), frame.Scalar is null ? stream : stream * frame.Scalar);
    }

    private static Tensor Update(Tensor result, ModelConfig config) => config.ResidualMultiplier == 1 ? result : result * config.ResidualMultiplier;

    private static Tensor Observed(IActivationObserver? observer, ActivationSite site, Tensor state) =>
        observer?.Observe(site, state)?.to(state.device) ?? state;

    private SlotParts Parts(LayerSlot played, int slot)
    {
        SourceModel source = Source(played.Source);
        if (played.Layer >= source.Config.LayerCount)
        {
            throw new LayerToolException(
                $"slot {slot} plays layer {played.Layer} of `{played.Source}`, which has layers 0 to {source.Config.LayerCount - 1}", "`layertool inspect MODEL` lists the layers");
        }

        _held.Enter(source, played.Layer);
        return SlotParts.Of(source, played, Halves(played), Adapter(played.Adapter, played.Source));
    }

    private AdapterWeights? Adapter(string? name, string source)
    {
        if (name is null)
        {
            return null;
        }

        if (!_adapters.TryGetValue((name, source), out AdapterWeights? adapter))
        {
            BoundAdapter bound = Adapters.Bind(name, Source(source).Checkpoint);
            adapter = bound.Load(Adapters.Find(name)!.Value.Range, _devices, Dtype, AdapterMode);
            AddAdapter(name, adapter, source);
        }

        return adapter;
    }

    private SourceModel Source(string name) => _sources.TryGetValue(name, out SourceModel? source)
        ? source
        : throw new LayerToolException($"the plan names the source `{name}`, which is not given", $"give it with `--source {name}=FOLDER`");

    /// <summary>The mask of past and new tokens together, or null where all are real.</summary>
    private static Tensor? WholeMask(Tensor ids, Tensor? mask, KvCache? cache)
    {
        int past = cache?.Length ?? 0;
        if (mask is not null)
        {
            return mask.size(1) == past + ids.size(1)
                ? mask
                : throw new ArgumentException($"The mask has {mask.size(1)} columns, expected {past} cached and {ids.size(1)} new ones.", nameof(mask));
        }

        return cache?.Mask is Tensor held ? cat([held, ones([ids.size(0), ids.size(1)], dtype: held.dtype, device: held.device)], 1) : null;
    }
}
