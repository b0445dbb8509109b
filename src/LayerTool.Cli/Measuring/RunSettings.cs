using LayerTool.Models;
using LayerTool.Tensors;

namespace LayerTool.Cli.Measuring;

/// <summary>What a computed number depends on beside the model and the data; in every report that holds one.</summary>
/// <param name="Version">Version of layertool.</param>
/// <param name="Device">Where it was computed.</param>
/// <param name="Dtype">The type it was computed in.</param>
/// <param name="Threads">Threads of the processor.</param>
/// <param name="Seed">Seed of everything random.</param>
internal sealed record RunSettings(string Version, string Device, string Dtype, int Threads, long Seed)
{
    /// <summary>The settings of a decoder that is open.</summary>
    public static RunSettings Of(Decoder decoder, ComputeSettings settings) => new(
        ProductVersion.Text,
        settings.Device == DeviceNames.Auto ? decoder.DeviceNames : settings.Device,
        decoder.Dtype.ToString().ToLowerInvariant(),
        TorchSharp.torch.get_num_threads(),
        settings.Seed);
}
