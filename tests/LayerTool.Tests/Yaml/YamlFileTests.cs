using System.Text;
using LayerTool.Faults;
using LayerTool.Yaml;
using Xunit;

namespace LayerTool.Tests.Yaml;

public sealed class YamlFileTests
{
    [Fact]
    public void Values_know_their_line_their_tag_and_whether_they_are_quoted()
    {
        YamlMapping root = (YamlMapping)Parse("a: 1\nb:\n- !function utils.f\n- '2'\n- ~\n");

        Assert.Equal(["a", "b"], root.Entries.Select(entry => entry.Key));
        YamlSequence list = Assert.IsType<YamlSequence>(root["b"]);
        Assert.Equal(3, list.Line);
        Assert.Equal(new YamlScalar("utils.f", IsPlain: false, 3, "!function"), list.Items[0]);
        Assert.Equal(new YamlScalar("2", IsPlain: false, 4), list.Items[1]);
        Assert.True(Assert.IsType<YamlScalar>(list.Items[2]).IsNull);
        Assert.Null(root["c"]);
    }

    [Theory]
    [InlineData("1", 1.0)]
    [InlineData("-2.5", -2.5)]
    [InlineData("1e-5", 1e-5)]
    [InlineData(".5", 0.5)]
    [InlineData("1_000", 1000.0)]
    [InlineData("'3'", 3.0)]
    [InlineData("one", null)]
    [InlineData("0x10", null)]
    [InlineData(".inf", null)]
    [InlineData("", null)]
    public void Numbers_are_read_as_a_reader_of_numbers_takes_them(string text, double? number)
    {
        Assert.Equal(number, ((YamlScalar)((YamlMapping)Parse($"a: {text}"))["a"]!).Number);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("No", false)]
    [InlineData("'true'", null)]
    [InlineData("1", null)]
    public void Truth_is_a_plain_word(string text, bool? flag)
    {
        Assert.Equal(flag, ((YamlScalar)((YamlMapping)Parse($"a: {text}"))["a"]!).Flag);
    }

    [Fact]
    public void Aliases_and_merge_keys_stand_for_what_they_name()
    {
        YamlMapping root = (YamlMapping)Parse("base: &base {x: 1, y: 2}\nmore: {<<: *base, y: 3}\nagain: *base\n");

        YamlMapping more = (YamlMapping)root["more"]!;
        Assert.Equal([("y", "3"), ("x", "1")], more.Entries.Select(entry => (entry.Key, ((YamlScalar)entry.Value).Text)));
        Assert.Same(root["base"], root["again"]);
    }

    [Theory]
    [InlineData("", "holds no document")]
    [InlineData("a: 1\na: 2", "line 2: the key `a` stands twice")]
    [InlineData("[a: 1", "is not sound YAML")]
    [InlineData("a: *b", "line 1: the alias `b` stands for nothing")]
    [InlineData("a: &a [*a]", "the alias `a` stands for nothing that was named before it")]
    [InlineData("a: 1\n---\nb: 2", "a second document begins")]
    [InlineData("? [a]\n: b", "a key is a list or a mapping")]
    [InlineData("<<: 1", "`<<` merges something that is no mapping")]
    [InlineData("a: \"\\ud800\"", "is not sound YAML")]
    public void Text_at_fault_names_the_line(string text, string reason)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => Parse(text));

        Assert.Contains(reason, fault.Message);
        Assert.StartsWith("task.yaml: ", fault.Message);
        Assert.NotNull(fault.Hint);
    }

    [Theory]
    [MemberData(nameof(Bombs))]
    public void What_would_grow_without_bound_is_refused_at_a_limit(string name, string text, string reason)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => Parse(text));

        Assert.True(fault.Message.Contains(reason, StringComparison.Ordinal), $"{name}: {fault.Message}");
    }

    public static TheoryData<string, string, string> Bombs => new()
    {
        { "deep flow", new string('[', 500_000), "is nested more than 64 deep" },
        { "deep block", string.Concat(Enumerable.Repeat("- ", 100_000)), "is nested more than 64 deep" },
        { "deep keys", string.Concat(Enumerable.Repeat("? ", 100_000)), "is nested more than 64 deep" },
        { "many values", $"[{string.Concat(Enumerable.Repeat("a,", 200_000))}]", "holds more than 100000 values" },
        { "laughs", Laughs(), "holds more than 100000 values" },
    };

    private static string Laughs()
    {
        StringBuilder text = new("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int level = 1; level < 10; level++)
        {
            text.Append($"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 10))}]\n");
        }

        return text.ToString();
    }

    private static YamlNode Parse(string text) => YamlFile.Parse(text, "task.yaml");
}
