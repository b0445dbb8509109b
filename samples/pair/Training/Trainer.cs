using System.Diagnostics;
using System.Globalization;
using LayerTool.Checkpoints;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Samples.Pair.Training;

/// <summary>Trains a checkpoint on the decoder's own gradients.</summary>
internal static class Trainer
{
    private const int WarmUp = 50;
    private const double LastRate = 0.05; // of the largest
    private const int ShownEvery = 50;

    /// <summary>Trains, and hands the weights over by name before they are freed.</summary>
    /// <param name="checkpoint">Where to start from.</param>
    /// <param name="settings">Type, threads and seed.</param>
    /// <param name="steps">Number of batches.</param>
    /// <param name="rate">Largest learning rate: reached after the warm-up, then falling along a half cosine.</param>
    /// <param name="next">Gives the batches.</param>
    /// <param name="finished">Takes the weights.</param>
    /// <returns>The loss of each batch.</returns>
    public static IReadOnlyList<double> Run(
        Checkpoint checkpoint, ComputeSettings settings, int steps, double rate, Func<Batch> next, Action<IReadOnlyDictionary<string, Tensor>> finished)
    {
        using Decoder decoder = Decoder.Open(new CheckpointSet(checkpoint), settings, gradients: true);
        LayerPlan plan = LayerPlan.Identity(checkpoint.Layers.Count);
        AdamW? optimizer = null; // made once the first pass has loaded the weights
        Stopwatch clock = Stopwatch.StartNew();
        List<double> losses = [];
        try
        {
            for (int step = 0; step < steps; step++)
            {
                losses.Add(Loss(decoder, plan, next()));
                optimizer ??= new AdamW(decoder.LoadedWeights(LayerPlan.Main).Values);
                optimizer.Step(rate * Schedule(step, steps));
                if ((step + 1) % ShownEvery == 0 || step + 1 == steps)
                {
                    double shown = losses.TakeLast(ShownEvery).Average();
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"step {step + 1,5} of {steps}  loss {shown:0.0000}  {clock.Elapsed.TotalSeconds:0} s"));
                }
            }

            finished(decoder.LoadedWeights(LayerPlan.Main));
            return losses;
        }
        finally
        {
            optimizer?.Dispose();
        }
    }

    private static double Loss(Decoder decoder, LayerPlan plan, Batch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = tensor(batch.Ids, [batch.Rows, batch.Ids.Length / batch.Rows], dtype: ScalarType.Int64);
        Tensor targets = tensor(batch.Targets, dtype: ScalarType.Int64);
        Tensor loss = nn.functional.cross_entropy(decoder.Forward(plan, ids).flatten(0, 1), targets, ignore_index: Batch.NotAsked);
        loss.backward();
        return loss.item<float>();
    }

    private static double Schedule(int step, int steps) => step < WarmUp
        ? (step + 1.0) / WarmUp
        : LastRate + ((1 - LastRate) * 0.5 * (1 + Math.Cos(Math.PI * (step - WarmUp) / Math.Max(1, steps - WarmUp))));
}
