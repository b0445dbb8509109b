using LayerTool.Generation;
using Xunit;

namespace LayerTool.Tests.Generation;

public sealed class StopStringFilterTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 100)];

    [Fact]
    public void A_stop_string_in_two_pieces_ends_the_text_in_front_of_it()
    {
        StopStringFilter filter = new(["END"]);

        string text = filter.Add("The E") + filter.Add("ND") + filter.Finish();

        Assert.Equal("The ", text);
        Assert.True(filter.Met);
    }

    [Fact]
    public void What_may_begin_a_stop_string_waits_until_it_is_known()
    {
        StopStringFilter filter = new(["\n\nQ:"]);

        Assert.Equal(["one", "", "\n\ntwo", "", "\n"], new[] { filter.Add("one\n"), filter.Add("\n"), filter.Add("two"), filter.Add("\n"), filter.Finish() });
        Assert.False(filter.Met);
    }

    [Fact]
    public void The_first_of_several_ends_the_text()
    {
        StopStringFilter filter = new(["stop", "top", "."]);

        Assert.Equal("non", filter.Add("nonstop. And"));
        Assert.Equal("", filter.Add(" more") + filter.Finish());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void However_text_is_cut_the_result_is_the_text_in_front_of_the_first_stop_string(int seed)
    {
        Random random = new(seed);
        string[] stops = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Drawn(random, random.Next(1, 5)))];
        string text = Drawn(random, 30);
        int end = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(index => index >= 0).DefaultIfEmpty(text.Length).Min();
        StopStringFilter filter = new(stops);
        string given = "";
        for (int start = 0; start < text.Length;)
        {
            int length = Math.Min(random.Next(0, 4), text.Length - start);
            given += filter.Add(text.Substring(start, length));
            start += length;
        }

        Assert.Equal(text[..end], given + filter.Finish());
    }

    private static string Drawn(Random random, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(3))));
}
