using System.Collections.Immutable;
using static TorchSharp.torch;

namespace LayerTool.Tensors;

/// <summary>
/// The devices of a model and which of them holds which layer. A layer's weights are on one device, and every slot that plays it runs
/// there; embedding, final norm and head are on the first.
/// </summary>
internal sealed class LayerDevices
{
    private readonly ImmutableArray<Device> _ofLayer;

    private LayerDevices(Device first, ImmutableArray<Device> ofLayer)
    {
        First = first;
        _ofLayer = ofLayer;
        All = [.. ofLayer.Prepend(first).DistinctBy(device => (device.type, device.index))];
    }

    /// <summary>Where states begin and end.</summary>
    public Device First { get; }

    /// <summary>Every device that is used, the first one first.</summary>
    public ImmutableArray<Device> All { get; }

    /// <summary>All on one device.</summary>
    public static LayerDevices Single(Device device) => new(device, []);

    /// <summary>Layers spread by the memory that each device has.</summary>
    /// <param name="devices">The devices; one that is named twice has two parts.</param>
    /// <param name="layers">Bytes of each layer, of all sources together: layers of one depth stay together.</param>
    /// <param name="ends">Bytes of what is before and after the layers.</param>
    /// <param name="fewest">Whether devices are left out that are not needed.</param>
    public static LayerDevices Spread(ImmutableArray<Device> devices, IReadOnlyList<long> layers, long ends, bool fewest)
    {
        if (devices.Length == 1)
        {
            return Single(devices[0]);
        }

        long[] rooms = [.. devices.Select(MemoryBudget.RoomOn)];
        ImmutableArray<int> places = LayerSpread.Of(layers, fewest ? rooms[..LayerSpread.Fewest(layers.Sum() + ends, rooms)] : rooms, ends);
        return new LayerDevices(devices[0], [.. places.Select(place => devices[place])]);
    }

    /// <summary>The device of a layer; of what belongs to none, the first.</summary>
    public Device Of(int? layer) => layer is int index && !_ofLayer.IsEmpty ? _ofLayer[Math.Min(index, _ofLayer.Length - 1)] : First;
}
