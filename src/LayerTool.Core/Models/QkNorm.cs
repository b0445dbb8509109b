using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>Norm of queries or keys, by head or over the whole projection. N heads of width D.</summary>
internal sealed class QkNorm
{
    private readonly QkNormSpec _spec;
    private readonly double _epsilon;
    private readonly Norm? _shared;
    private readonly Tensor[] _perHead = [];

    public QkNorm(LayerReader read, ModelConfig config, QkNormSpec spec, string module, int heads)
    {
        _spec = spec;
        _epsilon = config.NormEpsilon;
        if (spec.Span == QkNormSpan.TensorPerHead)
        {
            _perHead = [.. Enumerable.Range(0, heads).Select(head => read.Get(LayerTensors.PerHead(module, head) + ".weight"))];
        }
        else
        {
            _shared = read.Norm(module, spec.Norm);
        }
    }

    /// <summary>[B, T, N, D] → the same.</summary>
    public Tensor Apply(Tensor heads)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normed = _spec.Span switch
        {
            QkNormSpan.TensorPerHead => new Norm(_spec.Norm, stack(_perHead), null, _epsilon).Apply(heads),
            QkNormSpan.Projection => _shared!.Apply(heads.flatten(2)).view(heads.shape),
            _ => _shared!.Apply(heads),
        };
        return normed.MoveToOuterDisposeScope();
    }
}
