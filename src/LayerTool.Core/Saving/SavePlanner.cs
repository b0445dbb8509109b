using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>Makes one <see cref="SavePlan"/>: tensors before the layers, slot after slot, tensors after the layers, config.</summary>
internal sealed class SavePlanner
{
    private readonly LayerPlan _plan;
    private readonly ImmutableArray<LayerSlot> _slots;
    private readonly Dictionary<string, SaveSource> _sources;
    private readonly SaveSource _main;
    private readonly ImmutableArray<OutputTensor>.Builder _tensors = ImmutableArray.CreateBuilder<OutputTensor>();
    private readonly ImmutableArray<string>.Builder _notes = ImmutableArray.CreateBuilder<string>();
    private readonly SortedDictionary<string, int> _casts = new(StringComparer.Ordinal);

    public SavePlanner(CheckpointSet sources, LayerPlan plan, ImmutableArray<LayerSlot> slots)
    {
        _plan = plan;
        _slots = slots;
        string[] named = [LayerPlan.Main, plan.EmbeddingSource, plan.HeadSource, .. slots.Select(slot => slot.Source)];
        _sources = named.Distinct().ToDictionary(name => name, name => new SaveSource(name, sources[name]));
        _main = _sources[LayerPlan.Main];
    }

    public SavePlan Build(SaveFormat format, IProgress<Step>? progress, CancellationToken cancellation)
    {
        OutputEnds ends = OutputEnds.Of(_plan, _sources, progress, cancellation);
        foreach (TensorEntry tensor in _main.Naming.BeforeLayers)
        {
            AddOutside(tensor, ends);
        }

        for (int slot = 0; slot < _slots.Length; slot++)
        {
            AddLayer(slot);
        }

        foreach (TensorEntry tensor in _main.Naming.AfterLayers)
        {
            AddOutside(tensor, ends);
        }

        if (ends.AddedHead is TensorEntry head)
        {
            Add(_main.HeadName, head, head.Dtype, 1);
        }

        DecoderConfig config = OutputConfig.ForLayers(_main.Config, [.. _slots.Select(slot => new LayerOrigin(_sources[slot.Source].Config, slot.Layer))]);
        config = ends.Tied is bool tied ? config.WithFlag("tie_word_embeddings", tied) : config;
        QuantizationLists lists = QuantizationLists.Of(_main, [.. _slots.Select(slot => slot.Source == LayerPlan.Main ? slot.Layer : -1)]);
        config = lists.Renumber(config);
        CheckComplete(config);
        AddNotes(format, ends);
        return new SavePlan(
            format,
            _tensors.ToImmutable(),
            ReferenceEquals(config, _main.Config) ? _main.Checkpoint.ConfigBytes : config.Text.ToBytes(),
            lists.RewrittenFiles(),
            _notes.ToImmutable());
    }

    private void AddOutside(TensorEntry tensor, OutputEnds ends)
    {
        // What lies behind the last layer under a layer's name (layers that predict several tokens) stays behind the last layer.
        string name = tensor.Name;
        if (_main.Naming.Prefix is string prefix && LayerIndex.TryRead(name, prefix, out int layer, out string suffix))
        {
            name = _main.Naming.Name(layer - _main.Naming.Count + _slots.Length, suffix);
        }

        if (ends.Replacement(tensor) is TensorEntry replacement)
        {
            Add(name, Fitting(replacement, tensor, _sources[ends.SourceOf(tensor)]), tensor.Dtype, 1);
        }
    }

    private void AddLayer(int slot)
    {
        LayerSlot played = _slots[slot];
        SaveSource source = _sources[played.Source];
        IReadOnlyDictionary<string, TensorEntry> tensors = source.Layer(played.Layer);
        IReadOnlyDictionary<string, TensorEntry> pattern = source == _main ? tensors : DonorLayer.Pattern(_main, source, played.Layer);
        SublayerOutputs outputs = SublayerOutputs.Of(source, played);
        foreach ((string suffix, TensorEntry wanted) in pattern)
        {
            TensorEntry tensor = LayerBuffers.Contains(suffix, wanted) ? wanted : Fitting(tensors[suffix], wanted, source);
            Add(_main.Naming.Name(slot, suffix), tensor, wanted.Dtype, outputs.Gain(suffix));
        }
    }

    private void Add(string name, TensorEntry tensor, TensorDtype dtype, double gain)
    {
        if (gain is not (0 or 1) && !TensorScaling.Supports(tensor.Dtype))
        {
            throw new LayerToolException($"tensor {Quoted.Text(tensor.Name)} of {tensor.File} is {tensor.Dtype}: a gain needs F32, F16 or BF16", "leave the gain out, or take the layer from a checkpoint in one of these types");
        }

        _tensors.Add(new OutputTensor(name, tensor, dtype, gain));
    }

    /// <summary>A tensor of a source for the place of one of the main source's: of the same shape, and of a type that can become its type.</summary>
    private TensorEntry Fitting(TensorEntry tensor, TensorEntry wanted, SaveSource source)
    {
        if (!tensor.Shape.SequenceEqual(wanted.Shape))
        {
            throw new LayerToolException(
                $"tensor {Quoted.Text(tensor.Name)} of `{source.Name}` has the shape {Quoted.Shape(tensor.Shape)}, expected {Quoted.Shape(wanted.Shape)} as in `{LayerPlan.Main}`",
                    "take the tensors from a source of the same shape");
        }

        if (tensor.Dtype == wanted.Dtype)
        {
            return tensor;
        }

        if (!TensorScaling.Supports(tensor.Dtype) || !TensorScaling.Supports(wanted.Dtype))
        {
            throw new LayerToolException(
                $"tensor {Quoted.Text(tensor.Name)} of `{source.Name}` is {tensor.Dtype}, expected {wanted.Dtype} as in `{LayerPlan.Main}`",
                "take layers from a checkpoint stored in the same type");
        }

        string cast = $"of `{source.Name}` cast from {tensor.Dtype} to {wanted.Dtype}, rounded to nearest even";
        _casts[cast] = _casts.GetValueOrDefault(cast) + 1;
        return tensor;
    }

    /// <summary>Loaders fill a tensor that is missing with random numbers, so names and shapes are held against the output's own config.</summary>
    private void CheckComplete(DecoderConfig config)
    {
        if (_main.Checkpoint.IsQuantized || _main.Checkpoint.Architecture is null || config.Settle() is not ModelConfig settled)
        {
            return;
        }

        settled = settled with { Architecture = _main.Architecture! };
        Dictionary<string, OutputTensor> written = _tensors.ToDictionary(tensor => tensor.Name);
        foreach (ExpectedTensor expected in ExpectedTensors.For(settled))
        {
            TensorEntry? found = written.GetValueOrDefault(expected.Name)?.Source;
            if (found is null || !found.Shape.SequenceEqual(expected.Shape))
            {
                (Checkpoint holder, string name) = PlaceOf(expected);
                throw TensorCheck.Fault(found?.File ?? holder.Folder, new TensorFault(name, expected.Shape, found?.Shape));
            }
        }
    }

    /// <summary>The source that should hold a tensor of the output, and the tensor's name there.</summary>
    private (Checkpoint Holder, string Name) PlaceOf(ExpectedTensor expected)
    {
        if (expected.Layer is not int slot)
        {
            return (_main.Checkpoint, expected.Name);
        }

        SaveSource source = _sources[_slots[slot].Source];
        string suffix = expected.Name[_main.Naming.Name(slot, "").Length..];
        return (source.Checkpoint, source.Naming.Name(_slots[slot].Layer, suffix));
    }

    private void AddNotes(SaveFormat format, OutputEnds ends)
    {
        int halved = _slots.Count(slot => !slot.HasAttention || !slot.HasMlp);
        if (halved > 0)
        {
            _notes.Add($"written as `zero`: the output projections of {halved} halves are zero, so every loader gives the same logits, without a gain in speed");
        }
        else if (format == SaveFormat.Zero)
        {
            _notes.Add("no half is off, so `zero` writes the same as `layers`");
        }

        foreach ((string cast, int count) in _casts)
        {
            _notes.Add($"{count} tensors {cast}");
        }

        _notes.AddRange(ends.Notes);
        AddPictureNote();
    }

    /// <summary>Features of pictures are added behind the first layers by their place, whatever layers stand there.</summary>
    private void AddPictureNote()
    {
        const string Key = "deepstack_visual_indexes";
        int fed = _main.Config.Text.Find("vision_config", Key)?.Items.Length ?? 0;
        if (fed > 0 && (_slots.Length < fed || !_slots[..fed].Select((slot, place) => slot.Source == LayerPlan.Main && slot.Layer == place).All(inPlace => inPlace)))
        {
            _notes.Add($"{_main.Config.File}: `vision_config.{Key}` adds features of pictures behind the first {fed} layers, and these are others now: what pictures do changes, text alone does not show it");
        }
    }
}
