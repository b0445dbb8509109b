using LayerTool.Scoring;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Scoring;

[Collection(TorchCollection.Name)]
public sealed class DirectionChangeTests
{
    public DirectionChangeTests() => TorchHost.Start(new ComputeSettings(Threads: 1));

    [Fact]
    public void Each_token_counts_by_its_direction_alone()
    {
        // A cosine of the flattened rows would give about 1e-4 here.
        Assert.Equal(0.5, Mean([1, 0, 0, 100], [0, 1, 0, 100], width: 2), 1e-7);
    }

    [Theory]
    [InlineData(3f, 0)]
    [InlineData(1e-3f, 0)]
    [InlineData(-2f, 2)]
    public void A_multiple_has_the_same_or_the_opposite_direction(float factor, double expected)
    {
        float[] rows = Drawn(64, seed: 1);

        Assert.Equal(expected, Mean(rows, [.. rows.Select(value => value * factor)], width: 16), 1e-6);
    }

    [Fact]
    public void The_length_of_a_token_changes_nothing()
    {
        float[] left = Drawn(64, seed: 2);
        float[] right = Drawn(64, seed: 3);
        static float[] Scaled(float[] rows) => [.. rows.Select((value, index) => index < 16 ? value * 1024 : value)];

        Assert.Equal(Mean(left, right, width: 16), Mean(Scaled(left), Scaled(right), width: 16), 1e-7);
    }

    [Fact]
    public void Small_changes_keep_their_digits()
    {
        // A turn by 1e-5: 1 − cos is 5e-11, far below what float32 can tell from 1.
        Assert.Equal(5e-11, Mean([1, 0], [1, 1e-5f], width: 2), 1e-16);
        Assert.Equal(0, Mean(Drawn(64, seed: 4), Drawn(64, seed: 4), width: 16));
    }

    [Fact]
    public void Scores_lie_between_0_and_2()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            Assert.InRange(Mean(Drawn(8, seed), Drawn(8, seed + 1000), width: 2), 0, 2);
        }

        Assert.InRange(Mean([0, 0], [1, 0], width: 2), 0, 2);
    }

    private static double Mean(float[] left, float[] right, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(left).reshape(-1, width);
        Tensor y = tensor(right).reshape(-1, width);
        double[] sums = DirectionChange.Sums(x, y.clone(), y.clone()).data<double>().ToArray();
        Assert.Equal((sums[0], 0.0), (sums[2], sums[1])); // the second state and the third are one here
        return sums[0] / (left.Length / width);
    }

    private static float[] Drawn(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
