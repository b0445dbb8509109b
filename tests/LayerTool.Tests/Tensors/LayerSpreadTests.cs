using System.Collections.Immutable;
using LayerTool.Tensors;
using Xunit;

namespace LayerTool.Tests.Tensors;

public sealed class LayerSpreadTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 200)];

    // A failure names the seed.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void No_way_to_cut_the_layers_fills_a_device_less(int seed)
    {
        Random random = new(seed);
        long[] layers = [.. Enumerable.Range(0, random.Next(0, 9)).Select(_ => random.NextInt64(1, 1000))];
        long[] rooms = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.NextInt64(1, 3000))];
        long ends = random.NextInt64(0, 500);

        ImmutableArray<int> places = LayerSpread.Of(layers, rooms, ends);

        Assert.Equal(layers.Length, places.Length);
        Assert.Equal(places.Order(), places);
        Assert.All(places, place => Assert.InRange(place, 0, rooms.Length - 1));
        double best = Cuts(layers.Length, rooms.Length).Min(way => Fullest(way, layers, rooms, ends));
        Assert.InRange(Fullest(places, layers, rooms, ends), best * (1 - 1e-6), best * (1 + 1e-6));
    }

    [Fact]
    public void A_device_without_memory_gets_nothing()
    {
        Assert.Equal([1, 1, 1], LayerSpread.Of([5, 5, 5], [0, 40], ends: 0));
        Assert.Equal([0, 2, 2], LayerSpread.Of([5, 5, 5], [20, 0, 20], ends: 5));
    }

    [Fact]
    public void Ten_thousand_layers_are_spread_too()
    {
        ImmutableArray<int> places = LayerSpread.Of([.. Enumerable.Repeat(7L, 10_000)], [1 << 20, 1 << 20, 1 << 20, 1 << 20], ends: 0);

        Assert.Equal([2500, 2500, 2500, 2500], places.CountBy(place => place).Select(pair => pair.Value));
    }

    [Theory]
    [InlineData(1, 70)]
    [InlineData(2, 90)]
    [InlineData(3, 170)]
    [InlineData(3, 1000)]
    public void No_more_devices_are_taken_than_hold_the_model(int expected, long bytes) => Assert.Equal(expected, LayerSpread.Fewest(bytes, [100, 100, 50]));

    [Theory]
    [InlineData("cpu", -1)]
    [InlineData("cuda", 0)]
    [InlineData("cuda:3", 3)]
    [InlineData("cuda:1,cuda:0,cpu", 1, 0, -1)]
    [InlineData("cuda:,cpu")]
    [InlineData("cuda:-1")]
    [InlineData("cpu,")]
    [InlineData("gpu")]
    [InlineData("")]
    public void Devices_are_read_by_name(string text, params int[] expected) =>
        Assert.Equal(expected, (DeviceNames.Parse(text) ?? []).Select(index => index ?? -1));

    private static IEnumerable<ImmutableArray<int>> Cuts(int layers, int devices) => layers == 0
        ? [[]]
        : Cuts(layers - 1, devices).SelectMany(way => Enumerable.Range(way.LastOrDefault(), devices - way.LastOrDefault()).Select(way.Add));

    private static double Fullest(ImmutableArray<int> places, long[] layers, long[] rooms, long ends) =>
        rooms.Index().Max(room => ((room.Index == 0 ? ends : 0) + layers.Where((_, layer) => places[layer] == room.Index).Sum()) / (double)room.Item);
}
