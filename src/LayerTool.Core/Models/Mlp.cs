using LayerTool.Architectures;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>Dense MLP: down(act(gate x) · up x), or down(act(up x)). I is the inner width.</summary>
internal sealed class Mlp : IMlp
{
    private readonly Activation _activation;
    private readonly XIelu? _ownActivation;
    private readonly Projection? _gate;
    private readonly Projection? _up;
    private readonly Projection? _gateUp;
    private readonly Projection _output;

    /// <summary>The MLP of a layer.</summary>
    public Mlp(LayerReader read, ModelConfig config)
    {
        TensorNames names = config.Architecture.Names;
        MlpKind kind = config.Architecture.Mlp.Kind;
        _activation = config.Activation;
        _ownActivation = config.Activation == Activation.XIelu ? new XIelu(read, names) : null;
        _gate = kind == MlpKind.Gated ? read.Projection(names.Gate) : null;
        _up = kind == MlpKind.GatedFused ? null : read.Projection(names.Up);
        _gateUp = kind == MlpKind.GatedFused ? read.Projection(names.GateUp) : null;
        _output = read.Projection(names.MlpOutput);
    }

    /// <summary>A gated MLP of given projections.</summary>
    public Mlp(Activation activation, Projection gate, Projection up, Projection output)
    {
        _activation = activation;
        _gate = gate;
        _up = up;
        _output = output;
    }

    /// <inheritdoc />
    public Tensor Apply(Tensor state)
    {
        using DisposeScope scope = NewDisposeScope();
        return _output.Apply(Inner(state)).MoveToOuterDisposeScope();
    }

    /// <summary>[.., H] → [.., I].</summary>
    private Tensor Inner(Tensor state)
    {
        if (_gateUp is Projection both)
        {
            using Tensor joined = both.Apply(state); // [.., 2 I]
            long width = joined.size(-1) / 2;
            using Tensor gated = Activate(joined.narrow(-1, 0, width));
            return Product(gated, joined.narrow(-1, width, width));
        }

        using Tensor activated = Activated((_gate ?? _up!.Value).Apply(state));
        if (_gate is null)
        {
            return activated.alias();
        }

        using Tensor up = _up!.Value.Apply(state);
        return Product(activated, up);
    }

    // The widest states of a model: none is kept longer than it is read, and without gradients one takes the other's place.
    private static Tensor Product(Tensor own, Tensor other) => own.requires_grad || other.requires_grad ? own * other : own.mul_(other).alias();

    private Tensor Activated(Tensor fresh)
    {
        using Tensor x = fresh;
        return Activate(x);
    }

    private Tensor Activate(Tensor x) => _ownActivation?.Apply(x) ?? Activations.Apply(_activation, x);
}
