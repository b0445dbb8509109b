using LayerTool.Checkpoints;
using LayerTool.Mergekit;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Mergekit;

/// <summary>Damaged merge files may give a fault that says so, or be read; nothing else may come out.</summary>
public sealed class MergeFuzzTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("pass-two-models")]
    [InlineData("pass-scale-gradient")]
    [InlineData("pass-zeroed-repeat")]
    public void A_damaged_merge_file_gives_a_fault_or_is_read(string name)
    {
        byte[] sound = System.Text.Encoding.UTF8.GetBytes(MergeFiles.Text(name));
        string path = _folder.File("merge.yml");

        int refused = Damaged.Run(300, seed =>
        {
            File.WriteAllBytes(path, Damaged.Bytes(sound, new Random(seed)));
            MergeFile file = MergeFile.Read(path);
            MergePlan.Of(file, model => Directory.Exists(model) ? Checkpoint.Open(model) : Checkpoint.Open(ModelLocation.Find(model)));
        });

        Assert.InRange(refused, 150, 300);
    }

    public void Dispose() => _folder.Dispose();
}
