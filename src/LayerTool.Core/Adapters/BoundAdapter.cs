using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Adapters;

/// <summary>An adapter that fits a checkpoint: each of its tensors with what it belongs to. Nothing is loaded.</summary>
public sealed class BoundAdapter
{
    private readonly BaseModules _base;
    private readonly ILookup<string, AdaptedModule> _modulesByWeight; // a layer that is played twice has two of each
    private readonly ILookup<string, AdaptedTensor> _tensorsByName;

    internal BoundAdapter(PeftFolder folder, BaseModules modulesOfBase, ImmutableArray<AdaptedModule> modules, ImmutableArray<AdaptedTensor> tensors)
    {
        Folder = folder;
        _base = modulesOfBase;
        Modules = modules;
        Tensors = tensors;
        _modulesByWeight = modules.ToLookup(module => module.Name + ".weight", StringComparer.Ordinal);
        _tensorsByName = tensors.ToLookup(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The adapter.</summary>
    public PeftFolder Folder { get; }

    /// <summary>Whether it changes embedding, final norm or head.</summary>
    public bool ChangesEnds => Modules.Any(module => module.Weight.Layer is null) || Tensors.Any(tensor => tensor.Base.Layer is null);

    internal ImmutableArray<AdaptedModule> Modules { get; }

    internal ImmutableArray<AdaptedTensor> Tensors { get; }

    /// <summary>Whether a layer, by the adapter's number, is of one of the runs of layers that it plays; what is outside the layers is of the first.</summary>
    /// <param name="layer">Number of the layer, or null outside of them.</param>
    /// <param name="range">Number of the run.</param>
    internal bool IsIn(int? layer, int range)
    {
        if (layer is not int number)
        {
            return range == 0;
        }

        int first = Folder.Config.Replication.Take(range).Sum(run => run.End - run.First);
        int length = Folder.Config.Replication.IsEmpty ? _base.LayerCount : Folder.Config.Replication[range].End - Folder.Config.Replication[range].First;
        return number >= first && number < first + length;
    }

    /// <summary>What the adapter does to a tensor of the checkpoint in one run of layers: the update of a matrix, or null.</summary>
    internal AdaptedModule? Update(string tensor, int range) => _modulesByWeight[tensor].FirstOrDefault(module => IsIn(module.Weight.Layer, range));

    /// <summary>What takes the place of a tensor of the checkpoint in one run of layers, or null.</summary>
    internal AdaptedTensor? Replacement(string tensor, int range) => _tensorsByName[tensor].FirstOrDefault(replaced => IsIn(replaced.Base.Layer, range));

    /// <summary>The layer of the checkpoint that a tensor belongs to, or null outside the layers.</summary>
    internal int? LayerOf(ExpectedTensor tensor) => _base.LayerOf(tensor);

    /// <summary>Whether the tensor is the embedding's table or the head.</summary>
    internal bool IsEnd(ExpectedTensor tensor) => _base.IsEmbedding(tensor) || _base.IsHead(tensor);

    /// <summary>The adapter's name of a module, or of a tensor, with another layer's number.</summary>
    internal string Moved(string name, ExpectedTensor tensor, int layer) => name.EndsWith(".weight", StringComparison.Ordinal) || name.EndsWith(".bias", StringComparison.Ordinal)
        ? _base.Moved(name, tensor, layer)
        : _base.Moved(name + ".weight", tensor, layer)[..^".weight".Length];

    /// <summary>Loads what the adapter changes in one run of layers: factors in float32, as PEFT does, whole tensors in the compute type.</summary>
    /// <param name="range">Number of the run.</param>
    /// <param name="devices">Where they go.</param>
    /// <param name="dtype">The compute type.</param>
    /// <param name="mode">See <see cref="AdapterWeights.Mode"/>.</param>
    internal AdapterWeights Load(int range, LayerDevices devices, ScalarType dtype, AdapterMode mode)
    {
        using DisposeScope scope = NewDisposeScope();
        using MappedFiles files = new();
        Dictionary<string, LowRankUpdate> updates = Modules.Where(module => IsIn(module.Weight.Layer, range)).ToDictionary(
            module => module.Name,
            module => module.Load(files, devices.Of(_base.LayerOf(module.Weight))),
            StringComparer.Ordinal);
        Dictionary<string, Tensor> tensors = Tensors.Where(tensor => IsIn(tensor.Base.Layer, range)).ToDictionary(
            tensor => tensor.Name, tensor => files.View(tensor.Tensor.Entry).to(dtype, devices.Of(_base.LayerOf(tensor.Base)), copy: true), StringComparer.Ordinal);
        return new AdapterWeights(updates, tensors) { Mode = mode };
    }
}
