using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Tests.Golden;
using Xunit;

namespace LayerTool.Tests.Architectures;

public sealed class ExpectedTensorsTests
{
    public static IEnumerable<TheoryDataRow<string>> Families => ModelGoldenTests.Families.Where(row => row.Data != "llama-extra-tensors");

    [Theory]
    [MemberData(nameof(Families))]
    public void They_are_exactly_the_tensors_of_a_stock_checkpoint(string model)
    {
        Checkpoint checkpoint = Checkpoint.Open(GoldenModels.Folder(model));

        string[] expected = [.. ExpectedTensors.For(checkpoint.Config).Select(tensor => $"{tensor.Name} [{string.Join(", ", tensor.Shape)}]").Order(StringComparer.Ordinal)];

        Assert.Equal(checkpoint.Tensors.Values.Select(tensor => $"{tensor.Name} [{string.Join(", ", tensor.Shape)}]").Order(StringComparer.Ordinal), expected);
    }
}
