using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Plans;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>How large the parts of a model are in its compute type, and so where they go.</summary>
internal static class ModelSize
{
    /// <summary>Spreads the layers of all sources over devices; layers of one depth go together, since one takes the other's place in a plan.</summary>
    /// <param name="sources">The sources.</param>
    /// <param name="devices">The devices, at least one.</param>
    /// <param name="dtype">The compute type.</param>
    /// <param name="settings">Whether the devices were chosen or all are offered.</param>
    public static LayerDevices Spread(CheckpointSet sources, ImmutableArray<Device> devices, ScalarType dtype, ComputeSettings settings)
    {
        if (devices.Length == 1)
        {
            return LayerDevices.Single(devices[0]);
        }

        Checkpoint main = sources[LayerPlan.Main];
        List<long> layers = [];
        long ends = 0;
        foreach ((string name, Checkpoint checkpoint) in sources)
        {
            ModelConfig config = SourceModel.ConfigOf(checkpoint, name == LayerPlan.Main ? null : main);
            ends += Bytes(ExpectedTensors.BeforeLayers(config).Concat(ExpectedTensors.AfterLayers(config)), dtype);
            for (int layer = 0; layer < config.LayerCount; layer++)
            {
                if (layer == layers.Count)
                {
                    layers.Add(0);
                }

                layers[layer] += Bytes(ExpectedTensors.InLayer(config, layer), dtype);
            }
        }

        return LayerDevices.Spread(devices, layers, ends, fewest: settings.Device == DeviceNames.Auto);
    }

    private static long Bytes(IEnumerable<ExpectedTensor> tensors, ScalarType dtype) =>
        dtype.ElementSize() * tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));
}
