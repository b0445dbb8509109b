using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Samples.Pair.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter) on tensors that the decoder owns. Matrices decay, norms do not; gradients are scaled down together
/// where their norm is above <see cref="LargestGradient"/>.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private const double LargestGradient = 1;
    private const double Decay = 0.1;
    private const double MeanKept = 0.9;
    private const double SquareKept = 0.95;
    private const double Epsilon = 1e-8;

    private readonly (Tensor Weight, Tensor Mean, Tensor Square)[] _state;
    private int _steps;

    public AdamW(IEnumerable<Tensor> weights)
    {
        _state = [.. weights.Select(weight => (weight, zeros_like(weight).DetachFromDisposeScope(), zeros_like(weight).DetachFromDisposeScope()))];
    }

    /// <summary>Moves the weights against their gradients, and clears those.</summary>
    public void Step(double rate)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        _steps++;
        double norm = Math.Sqrt(stack(_state.Select(entry => entry.Weight.grad!.square().sum())).sum().item<float>());
        double scale = Math.Min(1, LargestGradient / norm);
        double meanSize = 1 - Math.Pow(MeanKept, _steps);
        double squareSize = 1 - Math.Pow(SquareKept, _steps);
        foreach ((Tensor weight, Tensor mean, Tensor square) in _state)
        {
            Tensor gradient = weight.grad! * scale;
            mean.mul_(MeanKept).add_(gradient, 1 - MeanKept);
            square.mul_(SquareKept).addcmul_(gradient, gradient, 1 - SquareKept);
            if (weight.dim() > 1)
            {
                weight.mul_(1 - (rate * Decay));
            }

            weight.addcdiv_(mean, (square / squareSize).sqrt().add_(Epsilon), -rate / meanSize);
            weight.grad!.zero_();
        }
    }

    public void Dispose()
    {
        foreach ((_, Tensor mean, Tensor square) in _state)
        {
            mean.Dispose();
            square.Dispose();
        }
    }
}
