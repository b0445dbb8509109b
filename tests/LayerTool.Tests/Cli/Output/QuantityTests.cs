using LayerTool.Cli.Output;
using Xunit;

namespace LayerTool.Tests.Cli.Output;

public sealed class QuantityTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(999_949, "999.9 kB")]
    [InlineData(999_950, "1.0 MB")]
    [InlineData(5e9, "5.0 GB")]
    [InlineData(-2_500_000, "-2.5 MB")]
    public void Bytes_are_decimal(double bytes, string text) => Assert.Equal(text, Quantity.Bytes(bytes));

    [Theory]
    [InlineData(12, "12")]
    [InlineData(134_515_008, "134.5 M")]
    [InlineData(7e9, "7.0 B")]
    public void Counts_are_short(double count, string text) => Assert.Equal(text, Quantity.Count(count));

    [Theory]
    [InlineData(0.2, "1 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(245, "4:05")]
    [InlineData(93_784, "26:03:04")]
    public void Durations_are_as_long_as_they_need(double seconds, string text) =>
        Assert.Equal(text, Quantity.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0.02, "+2.0 %")]
    [InlineData(-0.125, "-12.5 %")]
    [InlineData(0, "0.0 %")]
    public void Changes_have_a_sign(double part, string text) => Assert.Equal(text, Quantity.Change(part));
}
