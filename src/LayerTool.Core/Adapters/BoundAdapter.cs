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

    internal BoundAdapter(PeftFolder folder, BaseModules modulesOfBase, ImmutableArray<AdaptedModule> modules, ImmutableArray<AdaptedTensor> tensors)
    {
        Folder = folder;
        _base = modulesOfBase;
        Modules = modules;
        Tensors = tensors;
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

    /// <summary>Loads what the adapter changes in one run of layers: factors in float32, as PEFT does, whole tensors in the compute type.</summary>
    /// <param name="range">Number of the run.</param>
    /// <param name="devices">Where they go.</param>
    /// <param name="dtype">The compute type.</param>
    /// <param name="mode">See <see cref="AdapterWeights.Mode"/>.</param>
    internal AdapterWeights Load(int range, LayerDevices devices, ScalarType dtype, AdapterMode mode)
    {
        using DisposeScope scope = NewDisposeScope();
        using MappedFiles files = new();

        // A tensor of its own: the file may go once it is loaded.
        Tensor Own(PeftTensor tensor, ScalarType type, ExpectedTensor place) => files.View(tensor.Entry).to(type, devices.Of(_base.LayerOf(place)), copy: true);

        Dictionary<string, LowRankUpdate> updates = Modules.Where(module => IsIn(module.Weight.Layer, range)).ToDictionary(
            module => module.Name,
            module => new LowRankUpdate(
                Own(module.A, ScalarType.Float32, module.Weight),
                Own(module.B, ScalarType.Float32, module.Weight),
                module.Scale,
                module.Magnitude is PeftTensor magnitude ? Own(magnitude, ScalarType.Float32, module.Weight) : null),
            StringComparer.Ordinal);
        Dictionary<string, Tensor> tensors = Tensors.Where(tensor => IsIn(tensor.Base.Layer, range)).ToDictionary(
            tensor => tensor.Name, tensor => Own(tensor.Tensor, dtype, tensor.Base), StringComparer.Ordinal);
        return new AdapterWeights(updates, tensors) { Mode = mode };
    }
}
