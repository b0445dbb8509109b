using System.Collections.Immutable;
using LayerTool.Adapters;
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
    private readonly OutputForm _form;
    private readonly OutputDtype _dtype;
    private readonly AdapterMerge _merge;

    /// <param name="sources">The checkpoints.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="slots">Its slots, all in a row.</param>
    /// <param name="choices">What is asked for.</param>
    public SavePlanner(CheckpointSet sources, LayerPlan plan, ImmutableArray<LayerSlot> slots, SaveChoices choices)
    {
        _plan = plan;
        _slots = slots;
        string[] named = [LayerPlan.Main, plan.EmbeddingSource, plan.HeadSource, .. slots.Select(slot => slot.Source)];
        _sources = named.Distinct().ToDictionary(name => name, name => new SaveSource(name, sources[name]));
        _main = _sources[LayerPlan.Main];
        _form = OutputForm.Of(choices.Format, slots, _sources);
        _merge = new AdapterMerge(choices);
        _dtype = OutputDtype.Of(choices.Dtype, _sources.Values);
    }

    public SavePlan Build(IProgress<Step>? progress, CancellationToken cancellation)
    {
        OutputEnds ends = OutputEnds.Of(_plan, _sources, progress, cancellation);
        _merge.RequireOwnHead(_plan.EndsAdapter, _main);
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
            Add(_main.HeadName, head, _dtype.For(_main.HeadName, head), _sources[_plan.HeadSource], 1, adapter: _plan.EndsAdapter);
        }

        DecoderConfig config = WriteConfig();
        config = ends.Tied is bool tied ? config.WithFlag("tie_word_embeddings", tied) : config;
        QuantizationLists lists = QuantizationLists.Of(_main, [.. _slots.Select(slot => slot.Source == LayerPlan.Main ? slot.Layer : -1)]);
        config = lists.Renumber(config);
        CheckComplete(config);
        AddNotes(config, ends);
        return new SavePlan(
            _form.Format,
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
            SaveSource source = _sources[ends.SourceOf(tensor)];
            CheckShape(replacement, tensor, source);
            Add(name, replacement, _dtype.For(name, tensor), source, 1, adapter: _plan.EndsAdapter);
        }
    }

    private DecoderConfig WriteConfig()
    {
        bool isDeci = _form.Format == SaveFormat.Deci; // halves and widths are said at the end, all at once
        DecoderConfig config = OutputConfig.ForLayers(
            _form.ConfigOf(_main),
            [.. _form.Slots.Select(written => new LayerOrigin(_form.ConfigOf(_sources[written.Slot.Source]), written.Slot.Layer, isDeci ? LayerHalves.Both : written.Declared))]);
        config = isDeci ? DeciConfig.Write(config, _main.Checkpoint.Config, [.. _form.Slots.Select(DeciBlock)]) : config;
        return _dtype.Name is string dtype ? config.WithDtype(dtype) : config;
    }

    private string DeciBlock(WrittenSlot written)
    {
        ModelConfig config = _sources[written.Slot.Source].Checkpoint.Config;
        return DeciModel.Block(config, WrittenSlot.Having(config.Layers[written.Slot.Layer], written.Declared));
    }

    private void AddLayer(int place)
    {
        WrittenSlot written = _form.Slots[place];
        SaveSource source = _sources[written.Slot.Source];
        bool IsWritten(string suffix) =>
            !_form.LeavesOut || source.Naming.Role(suffix) is not TensorRole role || written.Declared.HasFlag(WrittenSlot.Half(role));

        IReadOnlyDictionary<string, TensorEntry> tensors = source.Layer(written.Slot.Layer);
        IReadOnlyDictionary<string, TensorEntry> pattern = source == _main ? tensors : DonorLayer.Pattern(_main, source, written.Slot.Layer, IsWritten);
        SublayerOutputs outputs = SublayerOutputs.Of(source, written);
        foreach ((string suffix, TensorEntry wanted) in pattern.Where(tensor => IsWritten(tensor.Key)))
        {
            TensorEntry tensor = LayerBuffers.Contains(suffix, wanted) ? wanted : tensors[suffix];
            CheckShape(tensor, wanted, source);
            (double gain, GainPlace gainPlace) = outputs.Gain(suffix);
            Add(_main.Naming.Name(place, suffix), tensor, _dtype.For(suffix, wanted), source, gain, gainPlace, written.Slot.Adapter);
        }

        foreach (TensorRole role in (TensorRole[])[TensorRole.Attention, TensorRole.Mlp])
        {
            LayerHalves half = WrittenSlot.Half(role);
            if (written.Silent.HasFlag(half) && !source.Naming.Stored(written.Slot.Layer).HasFlag(half))
            {
                AddSilent(place, role);
            }
        }
    }

    /// <summary>A half that its source does not store, for loaders that demand one: zeros in the shapes of another layer's.</summary>
    private void AddSilent(int place, TensorRole role)
    {
        LayerHalves half = WrittenSlot.Half(role);
        foreach (SaveSource source in _sources.Values)
        {
            int like = Enumerable.Range(0, source.Naming.Count).FirstOrDefault(layer => source.Naming.Stored(layer).HasFlag(half), -1);
            if (like < 0)
            {
                continue;
            }

            foreach ((string suffix, TensorEntry tensor) in source.Layer(like).Where(tensor => source.Naming.Role(tensor.Key) == role))
            {
                Add(_main.Naming.Name(place, suffix), tensor, _dtype.For(suffix, tensor), source, 0);
            }

            return;
        }

        throw new LayerToolException(
            $"the format `zero` holds whole layers, and no layer of {_main.Checkpoint.Folder} stores {(role == TensorRole.Attention ? "an attention" : "an MLP")} whose shapes could be filled with zeros",
            "write it with `--format compact`");
    }

    private void Add(string name, TensorEntry tensor, TensorDtype dtype, SaveSource source, double gain, GainPlace place = GainPlace.Weight, string? adapter = null)
    {
        (tensor, AdaptedModule? update) = _merge.Of(adapter, source, tensor);
        if (gain is not (0 or 1) && !TensorScaling.Supports(tensor.Dtype))
        {
            throw new LayerToolException($"tensor {Quoted.Text(tensor.Name)} of {tensor.File} is {tensor.Dtype}: a gain needs F32, F16 or BF16", "leave the gain out, or take the layer from a checkpoint in one of these types");
        }

        if (tensor.Dtype != dtype)
        {
            if (!TensorScaling.Supports(tensor.Dtype) || !TensorScaling.Supports(dtype))
            {
                throw new LayerToolException(
                    $"tensor {Quoted.Text(tensor.Name)} of `{source.Name}` is {tensor.Dtype}, expected {dtype} as in `{LayerPlan.Main}`",
                    "take layers from a checkpoint stored in the same type");
            }

            string cast = $"of `{source.Name}` cast from {tensor.Dtype} to {dtype}, rounded to nearest even";
            _casts[cast] = _casts.GetValueOrDefault(cast) + 1;
        }

        _tensors.Add(new OutputTensor(name, tensor, dtype, gain, place) { Update = update });
    }

    /// <summary>A tensor of a source must have the shape of the main source's that it stands for, unless config.json can say otherwise.</summary>
    private void CheckShape(TensorEntry tensor, TensorEntry wanted, SaveSource source)
    {
        if (!_form.WidthsMayDiffer && !tensor.Shape.SequenceEqual(wanted.Shape))
        {
            throw new LayerToolException(
                $"tensor {Quoted.Text(tensor.Name)} of `{source.Name}` has the shape {Quoted.Shape(tensor.Shape)}, expected {Quoted.Shape(wanted.Shape)} as in `{LayerPlan.Main}`",
                "take the tensors from a source of the same shape");
        }
    }

    /// <summary>Loaders fill a tensor that is missing with random numbers, so names and shapes are held against the output's own config.</summary>
    private void CheckComplete(DecoderConfig config)
    {
        if (_main.Checkpoint.IsQuantized || _main.Checkpoint.Architecture is null || config.Settle() is not ModelConfig settled)
        {
            return;
        }

        settled = _main.Checkpoint.Located(settled);
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

    private void AddNotes(DecoderConfig config, OutputEnds ends)
    {
        _notes.AddRange(FormatNotes.Of(_form, config, _main));
        foreach ((string cast, int count) in _casts)
        {
            _notes.Add($"{count} tensors {cast}");
        }

        _notes.AddRange(ends.Notes);
        if (ModelCard.Fault(_main.Checkpoint.Folder) is string fault)
        {
            _notes.Add(fault);
        }

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
