using LayerTool.Faults;
using LayerTool.Plans;
using Xunit;

namespace LayerTool.Tests.Plans;

public sealed class LayerListTests
{
    [Theory]
    [InlineData("10-14", "10-14")]
    [InlineData("3,7,10-14", "3, 7, 10-14")]
    [InlineData("7, 3", "3, 7")]
    [InlineData("-1", "31")]
    [InlineData("-4--1", "28-31")]
    [InlineData("30--1", "30-31")]
    [InlineData("-32-1", "0-1")]
    [InlineData("all", "0-31")]
    [InlineData("odd, 0", "0-1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31")]
    [InlineData(" even ", "0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30")]
    [InlineData("31", "31")]
    [InlineData(" 1 - 2 ", "1-2")]
    public void A_list_names_these_of_32_layers(string text, string layers)
    {
        Assert.Equal(layers, LayerList.Print(LayerList.Parse(text).Resolve(32)));
    }

    [Theory]
    [InlineData("", "layers ``, position 1: expected a layer number, `all`, `even` or `odd`, found the end")]
    [InlineData("3,", "layers `3,`, position 3: expected a layer number, `all`, `even` or `odd`, found the end")]
    [InlineData("3,,4", "layers `3,,4`, position 3: expected a layer number, `all`, `even` or `odd`, found `,`")]
    [InlineData("1-2-3", "layers `1-2-3`, position 4: expected `-`, `,` or the end, found `-`")]
    [InlineData("a", "layers `a`, position 1: expected a layer number, `all`, `even` or `odd`, found `a`")]
    [InlineData("14-10", "layers `14-10`, position 1: the range `14-10` ends before it begins")]
    [InlineData("-1--4", "layers `-1--4`, position 1: the range `-1--4` ends before it begins")]
    [InlineData("-0", "layers `-0`, position 1: there is no layer `-0`")]
    [InlineData("99999999999", "layers `99999999999`, position 1: the number is larger than 2147483647")]
    public void A_text_that_is_no_list_is_refused_before_a_checkpoint_is_open(string text, string message)
    {
        Assert.Equal(message, Assert.Throws<LayerToolException>(() => LayerList.Parse(text)).Message);
    }

    [Theory]
    [InlineData("32", "layers `32`: layer 32 is out of range")]
    [InlineData("-33", "layers `-33`: layer -33 is out of range")]
    [InlineData("0-2000000000", "layers `0-2000000000`: layer 2000000000 is out of range")]
    [InlineData("3,1-4", "layers `3,1-4`: layer 3 is named twice")]
    [InlineData("31,-1", "layers `31,-1`: layer 31 is named twice")]
    [InlineData("5--30", "layers `5--30`: `5--30` is 5-2 here, a range that ends before it begins")]
    public void Layers_that_do_not_fit_the_checkpoint_are_named(string text, string message)
    {
        LayerList list = LayerList.Parse(text);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => list.Resolve(32));

        Assert.Equal(message, fault.Message);
        Assert.NotNull(fault.Hint);
    }

    [Fact]
    public void The_hint_of_a_layer_out_of_range_names_the_allowed_range()
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => LayerList.Parse("7").Resolve(6, "base"));

        Assert.Equal("`base` has 6 layers: 0 to 5, or -6 to -1 from the end", fault.Hint);
    }

    [Fact]
    public void A_checkpoint_without_layers_has_none_to_name()
    {
        Assert.Equal("none", LayerList.Print(LayerList.Parse("all").Resolve(0)));
        Assert.Equal("none", LayerList.Print(LayerList.Parse("odd").Resolve(1)));
        Assert.Equal("`main` has no layers", Assert.Throws<LayerToolException>(() => LayerList.Parse("-1").Resolve(0)).Hint);
    }
}
