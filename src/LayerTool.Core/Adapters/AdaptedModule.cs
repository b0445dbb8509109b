using LayerTool.Architectures;
using LayerTool.Tensors;
using static TorchSharp.torch;

namespace LayerTool.Adapters;

/// <summary>A module of a checkpoint that an adapter updates.</summary>
/// <param name="Path">Its name in the adapter, where layers are numbered as the adapter plays them.</param>
/// <param name="Name">Its name in the checkpoint.</param>
/// <param name="Weight">Its weight; the layer is the adapter's.</param>
/// <param name="A">Where A lies.</param>
/// <param name="B">Where B lies.</param>
/// <param name="Magnitude">Where DoRA's magnitude lies, or null.</param>
/// <param name="Rank">r.</param>
/// <param name="Alpha">What B A is multiplied by before the division by the rank, or by its root.</param>
/// <param name="Scale">What B A is multiplied by.</param>
/// <param name="IsTransposed">Whether the weight is [in, out], as that of an embedding always is.</param>
internal sealed record AdaptedModule(
    string Path, string Name, ExpectedTensor Weight, PeftTensor A, PeftTensor B, PeftTensor? Magnitude, int Rank, double Alpha, double Scale, bool IsTransposed)
{
    /// <summary>The update, loaded in float32, as PEFT computes it, into tensors of its own in the caller's scope.</summary>
    public LowRankUpdate Load(MappedFiles files, Device device)
    {
        Tensor Own(PeftTensor tensor) => files.View(tensor.Entry).to(ScalarType.Float32, device, copy: true);

        return new LowRankUpdate(Own(A), Own(B), Scale, Magnitude is PeftTensor magnitude ? Own(magnitude) : null);
    }
}

/// <summary>A tensor of a checkpoint whose place another takes.</summary>
/// <param name="Name">Its name in the checkpoint.</param>
/// <param name="Base">What it is there; the layer is the adapter's.</param>
/// <param name="Tensor">What takes its place.</param>
internal sealed record AdaptedTensor(string Name, ExpectedTensor Base, PeftTensor Tensor);
