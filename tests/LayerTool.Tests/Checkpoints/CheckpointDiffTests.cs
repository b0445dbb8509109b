using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Checkpoints;

public sealed class CheckpointDiffTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_checkpoint_is_equal_to_its_copy()
    {
        Checkpoint original = Open("golden/models/llama");
        File.Copy(original.ConfigFile, _folder.File("config.json"));
        File.Copy(original.Files[0].File, _folder.File("model.safetensors"));

        CheckpointDiff diff = Compare(original, Checkpoint.Open(_folder.Path));

        Assert.True(diff.IsEqual);
        Assert.Equal(original.Tensors.Count, diff.EqualTensors);
    }

    [Fact]
    public void Differences_are_sorted_by_kind_and_measured()
    {
        Checkpoint left = Write("left", [("model.layers.0.w", [4]), ("model.layers.0.gone", [1]), ("model.layers.1.w", [4]), ("embed", [2])], 1);
        Checkpoint right = Write("right", [("model.layers.0.w", [4]), ("model.layers.1.w", [2, 2]), ("model.layers.2.new", [1]), ("embed", [2])], -0.5f);

        CheckpointDiff diff = Compare(left, right);

        Assert.Equal(
            [
                new("embed", null, TensorChange.Values, "F32 [2]", "F32 [2]", 1.5, 2),
                new("model.layers.0.gone", 0, TensorChange.Removed, "F32 [1]", null),
                new("model.layers.0.w", 0, TensorChange.Values, "F32 [4]", "F32 [4]", 1.5, 4),
                new("model.layers.1.w", 1, TensorChange.Shape, "F32 [4]", "F32 [2, 2]"),
                new("model.layers.2.new", 2, TensorChange.Added, null, "F32 [1]"),
            ],
            diff.Tensors);
        Assert.Equal(
            [new(null, 0, 1, 0, 0, 1.5), new(0, 0, 1, 0, 1, 1.5), new(1, 0, 1, 0, 0, null), new LayerDifference(2, 0, 0, 1, 0, null)],
            diff.Layers);
    }

    [Fact]
    public void Types_are_told_apart_from_values()
    {
        CheckpointDiff diff = Compare(Open("golden/models/llama"), Open("golden/models/llama-fp32"));

        Assert.All(diff.Tensors, difference => Assert.Equal(TensorChange.Dtype, difference.Change));
        Assert.All(diff.Tensors, difference => Assert.NotNull(difference.MaxAbsDifference));
    }

    [Fact]
    public void Configs_are_compared_key_by_key()
    {
        JsonObject left = JsonNode.Parse("""{"a":1,"b":{"x":1,"y":[1,2]},"c":null,"same":2}""")!.AsObject();
        JsonObject right = JsonNode.Parse("""{"b":{"x":2,"y":[1]},"c":3,"d":"new","same":2}""")!.AsObject();

        Assert.Equal(
            [new("a", "1", null), new("b.x", "1", "2"), new("b.y", "[1,2]", "[1]"), new("c", "null", "3"), new ConfigDifference("d", null, "\"new\"")],
            ConfigDifference.Between(left, right));
    }

    [Fact]
    public void A_plan_is_compared_as_the_checkpoint_that_it_plays()
    {
        Checkpoint checkpoint = Open("golden/models/llama");
        CheckpointSet sources = new(checkpoint);
        LayerPlan plan = new([new LayerSlot("main", 0), new LayerSlot("main", 2, AttentionGain: 0), new LayerSlot("main", 3, MlpGain: 0.5)]);

        CheckpointDiff diff = CheckpointDiff.Compare(PlayedModel.Of("whole", checkpoint), PlayedModel.Of("plan", plan, sources), cancellation: TestContext.Current.CancellationToken);

        Assert.True(diff.Layers[1].IsEqual);
        Assert.Contains(diff.Tensors, difference => difference is { Name: "model.layers.1.self_attn.q_proj.weight", Change: TensorChange.Removed });
        Assert.Contains(diff.Tensors, difference => difference is { Name: "model.layers.1.mlp.up_proj.weight", Change: TensorChange.Values });
        Assert.Contains(diff.Tensors, difference => difference is { Name: "model.layers.4.mlp.up_proj.weight", Change: TensorChange.Removed });
        Assert.Equal(["slot 2 of plan has a gain, which the stored tensors do not show"], diff.Notes);
    }

    [Theory]
    [InlineData("BF16", new byte[] { 0xc0, 0x3f, 0x80, 0xff }, new[] { 1.5, double.NegativeInfinity })]
    [InlineData("F16", new byte[] { 0x00, 0x3e, 0x01, 0x80 }, new[] { 1.5, -5.960464477539063E-08 })]
    [InlineData("F8_E4M3", new byte[] { 0x38, 0x7e, 0x01, 0x80, 0x7f }, new[] { 1, 448, 0.001953125, -0.0, double.NaN })]
    [InlineData("F8_E5M2", new byte[] { 0x3c, 0x7b, 0x7c, 0x01 }, new[] { 1, 57344, double.PositiveInfinity, 1.52587890625E-05 })]
    [InlineData("F8_E4M3FNUZ", new byte[] { 0x40, 0x7f, 0x80 }, new[] { 1, 240, double.NaN })]
    [InlineData("F8_E5M2FNUZ", new byte[] { 0x40, 0x7f, 0x80 }, new[] { 1, 57344, double.NaN })]
    [InlineData("F8_E8M0", new byte[] { 127, 0, 255 }, new[] { 1, 5.877471754111438E-39, double.NaN })]
    [InlineData("I8", new byte[] { 0xff, 0x7f }, new[] { -1.0, 127 })]
    [InlineData("U16", new byte[] { 0xff, 0xff }, new[] { 65535.0 })]
    [InlineData("I64", new byte[] { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, new[] { -2.0 })]
    public void Elements_of_every_type_are_read(string dtype, byte[] bytes, double[] expected)
    {
        double[] values = new double[expected.Length];

        ElementValues.Read(TensorDtype.Find(dtype)!.Value, bytes, values);

        Assert.Equal(expected, values);
    }

    [Fact]
    public void Only_packed_and_complex_elements_have_no_value()
    {
        Assert.Equal(["F4", "F6_E2M3", "F6_E3M2", "C64"], TensorDtype.All.Where(dtype => !ElementValues.CanRead(dtype)).Select(dtype => dtype.Name));
        Assert.All(TensorDtype.All.Where(ElementValues.CanRead), dtype => ElementValues.Read(dtype, new byte[dtype.Bits / 8], new double[1]));
    }

    [Fact]
    public void NaN_on_one_side_is_counted_and_not_hidden()
    {
        CheckpointDiff diff = Compare(Write("numbers", [("w", [3])], 1), Write("nan", [("w", [3])], float.NaN));

        Assert.Equal([new TensorDifference("w", null, TensorChange.Values, "F32 [3]", "F32 [3]", 0, 3, 3)], diff.Tensors);
    }

    private static CheckpointDiff Compare(Checkpoint left, Checkpoint right) =>
        CheckpointDiff.Compare(PlayedModel.Of("left", left), PlayedModel.Of("right", right), cancellation: TestContext.Current.CancellationToken);

    private static Checkpoint Open(string folder) => Checkpoint.Open(SharedFiles.Find(folder));

    private Checkpoint Write(string name, IEnumerable<(string, long[])> tensors, float value)
    {
        _folder.Write($"{name}/config.json", "{}");
        TinySafetensors.Write(_folder.File($"{name}/model.safetensors"), tensors, value);
        return Checkpoint.Open(_folder.File(name));
    }
}
