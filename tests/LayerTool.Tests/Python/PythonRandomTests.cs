using LayerTool.Python;
using Xunit;

namespace LayerTool.Tests.Python;

/// <summary>Numbers that CPython 3.11 gives.</summary>
public sealed class PythonRandomTests
{
    [Fact]
    public void Words_and_numbers_are_those_of_python()
    {
        PythonRandom random = new(1234);

        Assert.Equal([4150886329, 3342196574, 1892932127, 501869158], Enumerable.Range(0, 4).Select(_ => random.NextWord()));
        Assert.Equal(0.9664535356921388, new PythonRandom(1234).NextDouble());
        Assert.Equal(new PythonRandom(1234).NextWord(), new PythonRandom(-1234).NextWord());
    }

    [Theory]
    [InlineData(2251, "1805 478 30 371 143", "343 403 1452 969 71")]
    [InlineData(
        1119,
        "902 239 15 185 71 171 201 726 484 35 63 32 708 991 949 304 186 374 234 29 1030 996 511 132 1108",
        "954 140 182 1054 94")]
    [InlineData(39905, "28883 7657 490 5940 38156 2288", "5500 6450 23241 15519 1142")]
    [InlineData(39905, "28883 7657 490 5940 38156 2288 5500 6450 23241 15519 1142", "2019 1038 22681 31735 30379")]
    [InlineData(16113, "15834 12749 7220 1914 122 1485", "14925 15442 15388 13221 9539")]
    [InlineData(40398, "28883 7657 490 5940 38156 2288", "5500 6450 23241 15519 1142")]
    [InlineData(9427, "7220 1914 122 1485 572 1375", "1612 5810 3879 285 504")]
    [InlineData(4957, "3610 957 61 742 4769", "286 687 806 2905 1939")]
    [InlineData(400, "398 225 59 3 46 298", "17 343 354 42 50")]
    [InlineData(20, "14 3 0 2 1", "")]
    public void Samples_are_those_of_python(int population, string first, string second)
    {
        PythonRandom random = new(1234);
        int[] expected = Numbers(first);

        Assert.Equal(expected, random.Sample(population, expected.Length));
        int[] next = random.Sample(population, expected.Length);
        Assert.Equal(Numbers(second), next[..Numbers(second).Length]);
    }

    [Theory]
    [InlineData(0, "8 7 4 2 5 4 7 3 4 5")]
    [InlineData(1, "1 8 7 2 4 4 6 7 0 0")]
    public void Choices_are_those_of_python(int seed, string expected)
    {
        int[] drawn = new int[10];

        new PythonRandom(seed).Choices(10, drawn);

        Assert.Equal(Numbers(expected), drawn);
    }

    private static int[] Numbers(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
