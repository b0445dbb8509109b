using LayerTool.Checkpoints;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Saving;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Tying;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Tying;

/// <summary>A tied model, written to a folder of its own and opened again.</summary>
internal sealed class TiedCheckpoint : IDisposable
{
    public static readonly ComputeSettings Single = new(Dtype: ComputeDtype.Float32, Threads: 1);

    private readonly TempFolder _folder = new();

    public TiedCheckpoint(TiePlan plan, TieLayout layout = TieLayout.Merged)
    {
        Folder = _folder.File("out");
        using TiedModel model = TiedModel.Open(plan, Single);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Result = model.Save(layout, new SaveOptions(Folder), cancellation: cancellation);
        Matrices = [.. model.Measure(cancellation: cancellation)];
    }

    public string Folder { get; }

    public SaveResult Result { get; }

    public IReadOnlyList<TiedMatrix> Matrices { get; }

    /// <summary>How the layers of a plan are tied.</summary>
    public static TiePlan Tie(CheckpointSet sources, LayerPlan plan, TieSettings settings, SaveChoices? choices = null) =>
        TiePlan.Create(sources, plan, settings, choices, TestContext.Current.CancellationToken);

    /// <summary>Logits of the checkpoint as a stock loader sees it.</summary>
    public Tensor Logits(Tensor ids) => Logits(new CheckpointSet(Checkpoint.Open(Folder)), plan: null, ids);

    /// <summary>Logits of a plan, float32 on the CPU; the layers as they are where there is none.</summary>
    public static Tensor Logits(CheckpointSet sources, LayerPlan? plan, Tensor ids)
    {
        using Decoder decoder = Decoder.Open(sources, Single);
        return decoder.Forward(plan ?? LayerPlan.Identity(sources.Main.Layers.Count), ids);
    }

    public void Dispose() => _folder.Dispose();
}
