using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Tensors;

/// <summary>
/// The weights of one checkpoint in the compute type, each loaded when it is first asked for, and held. On a CPU a weight whose file
/// has the compute type is a view of the mapped file; any other is a copy. The store owns them all; borrowers never dispose them.
/// </summary>
internal sealed class WeightStore : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly Checkpoint? _main;
    private readonly MappedFiles _files = new();
    private readonly Dictionary<string, Tensor> _weights = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Name, double Gain), Tensor> _scaled = [];
    private readonly LayerDevices _devices;
    private readonly bool _trainable;
    private readonly WeightMix? _mix;

    /// <summary>Makes a store; nothing is loaded yet.</summary>
    /// <param name="checkpoint">Where the tensors are.</param>
    /// <param name="main">The checkpoint whose stored types they are rounded to first, as saving does; null for their own.</param>
    /// <param name="devices">Where they go.</param>
    /// <param name="dtype">The compute type.</param>
    /// <param name="trainable">Whether each weight is an own copy that collects gradients.</param>
    /// <param name="mix">What those of layers are mixed with; null for nothing.</param>
    public WeightStore(Checkpoint checkpoint, Checkpoint? main, LayerDevices devices, ScalarType dtype, bool trainable, WeightMix? mix = null)
    {
        _mix = mix;
        _checkpoint = checkpoint;
        _main = main;
        _devices = devices;
        Dtype = dtype;
        _trainable = trainable;
    }

    /// <summary>The compute type.</summary>
    public ScalarType Dtype { get; }

    /// <summary>The weights loaded so far, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Loaded => _weights;

    /// <summary>Whether the checkpoint has a tensor of that name.</summary>
    public bool Has(string name) => _checkpoint.Tensors.ContainsKey(name);

    /// <summary>Bytes that loading a weight takes: 0 where it is loaded, missing, or a view of the file.</summary>
    public long BytesToLoad(ExpectedTensor tensor)
    {
        if (_weights.ContainsKey(tensor.Name) || !_checkpoint.Tensors.TryGetValue(tensor.Name, out TensorEntry? entry))
        {
            return 0;
        }

        return IsView(entry, _devices.Of(tensor.Layer)) ? 0 : entry.ElementCount * Dtype.ElementSize();
    }

    /// <summary>Checks that a weight is there, of that shape and of a type that can be computed with.</summary>
    /// <inheritdoc cref="Get(string, ReadOnlySpan{long})" path="/exception" />
    public void Require(string name, ReadOnlySpan<long> shape) => TorchDtypes.Of(Find(name, shape));

    /// <summary>A weight that belongs to no layer, borrowed from the store.</summary>
    /// <param name="name">Full name.</param>
    /// <param name="shape">The shape that the config demands.</param>
    /// <exception cref="LayerToolException">Missing, of another shape, or of a type that cannot be computed with.</exception>
    public Tensor Get(string name, params ReadOnlySpan<long> shape) => Get(name, layer: null, shape);

    /// <summary>A weight, borrowed from the store.</summary>
    /// <inheritdoc cref="Get(string, ReadOnlySpan{long})" path="/exception" />
    public Tensor Get(ExpectedTensor tensor) => Get(tensor.Name, tensor.Layer, tensor.Shape.AsSpan());

    /// <summary>Some rows of a weight, in the caller's scope; the rest of it is not loaded.</summary>
    /// <param name="tensor">The weight, [rows, width].</param>
    /// <param name="indices">Which rows, [N], int64.</param>
    /// <inheritdoc cref="Get(string, ReadOnlySpan{long})" path="/exception" />
    public Tensor Rows(ExpectedTensor tensor, Tensor indices)
    {
        using DisposeScope scope = NewDisposeScope();
        TensorEntry entry = Find(tensor.Name, tensor.Shape.AsSpan());
        Tensor table = _mix is null ? _files.View(entry) : Stored(entry);
        return table.index_select(0, indices.cpu()).to(StoredType(entry)).to(Dtype, _devices.Of(tensor.Layer)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// A weight times a factor, as saving writes it: multiplied in float32, rounded once to the file's type, then brought to the
    /// compute type. So a plan with gains runs as it is saved, to the bit.
    /// </summary>
    /// <param name="tensor">The weight, and how a factor is put into it.</param>
    /// <param name="gain">The factor.</param>
    public Tensor GetScaled(ExpectedTensor tensor, double gain)
    {
        if (_trainable)
        {
            throw new InvalidOperationException($"`{tensor.Name}` is trained: a gain on it has no place.");
        }

        if (!_scaled.TryGetValue((tensor.Name, gain), out Tensor? weight))
        {
            weight = Derive(tensor, stored => Gains.Apply(stored, gain, tensor.Gain));
            _scaled.Add((tensor.Name, gain), weight);
        }

        return weight;
    }

    /// <summary>
    /// What becomes of a weight: worked out in float32, as saving writes it rounded once to the file's type, then brought to the
    /// compute type. It is the caller's.
    /// </summary>
    /// <param name="tensor">The weight.</param>
    /// <param name="change">Makes it, in float32, of the stored tensor.</param>
    /// <param name="isRounded">Whether it is rounded to the file's type before it is brought to the compute type.</param>
    public Tensor Derive(ExpectedTensor tensor, Func<Tensor, Tensor> change, bool isRounded = true)
    {
        using DisposeScope scope = NewDisposeScope();
        TensorEntry entry = Find(tensor.Name, tensor.Shape.AsSpan());
        Tensor changed = change(Stored(entry));
        return (isRounded ? changed.to(StoredType(entry)) : changed).to(Dtype, _devices.Of(tensor.Layer)).DetachFromDisposeScope();
    }

    /// <summary>Frees the multiplied weights of all other gains: a plan that is not played again must not hold memory.</summary>
    public void KeepScaled(IReadOnlySet<double> gains)
    {
        foreach ((string Name, double Gain) key in _scaled.Keys.Where(key => !gains.Contains(key.Gain)).ToArray())
        {
            _scaled.Remove(key, out Tensor? weight);
            weight?.Dispose();
        }
    }

    /// <summary>Refuses what was computed with mapped weights if their file was written to meanwhile.</summary>
    /// <exception cref="LayerToolException">One was.</exception>
    public void RequireUnchanged()
    {
        foreach (SafetensorsHeader file in _mix is null ? _checkpoint.Files : _checkpoint.Files.Concat(_mix.Other.Files))
        {
            if (_files.Holds(file.File))
            {
                file.RequireUnchanged();
            }
        }
    }

    /// <summary>Frees every weight; borrowers must be gone. What is asked for again is loaded again.</summary>
    public void Release()
    {
        foreach (Tensor weight in _weights.Values.Concat(_scaled.Values))
        {
            weight.Dispose();
        }

        _weights.Clear();
        _scaled.Clear();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Release();
        _files.Dispose();
    }

    private Tensor Get(string name, int? layer, ReadOnlySpan<long> shape)
    {
        if (!_weights.TryGetValue(name, out Tensor? weight))
        {
            weight = Load(Find(name, shape), _devices.Of(layer));
            _weights.Add(name, weight);
        }

        return weight;
    }

    private bool IsView(TensorEntry entry, Device device) =>
        _mix is null && device.type == DeviceType.CPU && !_trainable && TorchDtypes.Find(entry.Dtype) == Dtype && StoredType(entry) == Dtype;

    private TensorEntry Find(string name, ReadOnlySpan<long> shape) => TensorCheck.Require(_checkpoint, name, shape);

    private Tensor Load(TensorEntry entry, Device device)
    {
        if (IsView(entry, device))
        {
            return _files.View(entry).DetachFromDisposeScope();
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor copy = _mix is null ? _files.Copy(entry, StoredType(entry), Dtype, device) : Stored(entry).to(StoredType(entry)).to(Dtype, device);
        return (_trainable ? copy.requires_grad_(true) : copy).DetachFromDisposeScope();
    }

    /// <summary>What the file holds, mixed where it is asked for: in float32, rounded once.</summary>
    private Tensor Stored(TensorEntry entry)
    {
        ScalarType type = TorchDtypes.Of(entry), saved = StoredType(entry);
        Tensor own = _files.Copy(entry, type, type, CPU);
        if (_mix?.Find(_checkpoint, entry) is not TensorEntry same || _mix.Part == 0)
        {
            return own;
        }

        Tensor other = _files.Copy(same, saved, saved, CPU);
        return _mix.Part == 1
            ? other
            : ((own.to(ScalarType.Float32) * (1 - _mix.Part)) + (other.to(ScalarType.Float32) * _mix.Part)).to(saved);
    }

    /// <summary>The type that the tensor has in what is saved: that of the main checkpoint's tensor of its name, or of its embedding.</summary>
    private ScalarType StoredType(TensorEntry entry)
    {
        ScalarType own = TorchDtypes.Of(entry);
        if (_main is null)
        {
            return own;
        }

        string embedding = _main.Config.Architecture.Names.Embedding + ".weight";
        return _main.Tensors.TryGetValue(entry.Name, out TensorEntry? same) || _main.Tensors.TryGetValue(embedding, out same)
            ? TorchDtypes.Find(same.Dtype) ?? own
            : own;
    }
}
