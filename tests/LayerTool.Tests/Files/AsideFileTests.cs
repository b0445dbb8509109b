using LayerTool.Faults;
using LayerTool.Files;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Files;

public sealed class AsideFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void The_file_has_its_name_when_it_is_complete()
    {
        string file = _folder.File("a.json");
        using AsideFile aside = new(file);

        aside.Write("text");
        Assert.False(File.Exists(file));
        aside.Commit(replace: false);

        Assert.Equal("text", File.ReadAllText(file));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void What_is_not_finished_or_may_not_replace_leaves_nothing()
    {
        _folder.Write("a.json", "mine");

        LayerToolException fault = Assert.Throws<LayerToolException>(() => AsideFile.Write(_folder.File("a.json"), "text", replace: false));

        Assert.StartsWith($"{_folder.File("a.json")}: cannot be written: ", fault.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Assert.Single(Directory.GetFiles(_folder.Path))));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_fault_of_the_file()
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => AsideFile.Write(_folder.File("no/a.json"), "text", replace: true));

        Assert.StartsWith($"{_folder.File("no/a.json")}: cannot be written: ", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
