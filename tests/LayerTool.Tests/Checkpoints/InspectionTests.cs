using LayerTool.Checkpoints;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Checkpoints;

public sealed class InspectionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Layers_and_parts_add_up_to_the_whole()
    {
        Inspection inspection = Inspection.Of(Open("models/llama-sharded"));

        Assert.Equal(41120, inspection.Parameters); // as the index says
        Assert.Equal(82240, inspection.Bytes);
        Assert.Equal(inspection.Bytes, inspection.Layers.Append(inspection.Before).Append(inspection.After).Sum(part => part.Bytes));
        Assert.Equal(("Llama", 5, 5), (inspection.Family, inspection.Layers.Length, inspection.Files.Length));
        Assert.All(inspection.Layers, layer => Assert.True(layer.HasAttention && layer.HasMlp && layer.Differences.IsEmpty));
        Assert.Empty(inspection.Faults);
    }

    [Fact]
    public void Windows_stand_beside_their_layers()
    {
        Inspection inspection = Inspection.Of(Open("models/qwen2-window"));

        Assert.Contains(inspection.Layers, layer => layer.SlidingWindow is not null);
        Assert.Contains(inspection.Layers, layer => layer.SlidingWindow is null);
    }

    [Fact]
    public void A_layer_that_differs_says_in_what()
    {
        Inspection inspection = Inspection.Of(Open("variants/deci"));

        Assert.Equal("DeciLM", inspection.Family);
        Assert.Empty(inspection.Faults);
        Assert.Contains(inspection.Layers, layer => !layer.HasAttention && layer.Differences.Any(difference => difference.StartsWith("lacks ", StringComparison.Ordinal)));
        Assert.Contains(inspection.Layers, layer => !layer.HasMlp);
    }

    [Fact]
    public void Every_golden_model_can_be_inspected()
    {
        string[] folders = [.. Directory.GetDirectories(SharedFiles.Find("golden/models")).Concat(Directory.GetDirectories(SharedFiles.Find("golden/variants"))).Where(folder => File.Exists(Path.Combine(folder, "config.json")))];
        Assert.NotEmpty(folders);

        Assert.All(folders, folder => Assert.NotEmpty(Inspection.Of(Checkpoint.Open(folder)).Layers));
    }

    [Fact]
    public void No_weight_is_read()
    {
        // 64 GB of holes: what is read is counted by the system.
        const int Layers = 64;
        const long LayerBytes = 1L << 30;
        string header = "{" + string.Join(',', Enumerable.Range(0, Layers).Select(layer => $"\"model.layers.{layer}.mlp.w\":{{\"dtype\":\"BF16\",\"shape\":[{LayerBytes / 2}],\"data_offsets\":[{layer * LayerBytes},{(layer + 1) * LayerBytes}]}}")) + "}";
        string file = TinySafetensors.WriteRaw(_folder.File("model.safetensors"), header, 0);
        using (FileStream stream = new(file, FileMode.Open, FileAccess.Write))
        {
            stream.SetLength(stream.Length + (Layers * LayerBytes));
        }

        _folder.Write("config.json", "{}");
        long read = BytesRead();

        Inspection inspection = Inspection.Of(Checkpoint.Open(_folder.Path));

        Assert.Equal(Layers * LayerBytes, inspection.Bytes);
        Assert.InRange(BytesRead() - read, 0, 256 << 20); // other tests read beside this one
    }

    private static long BytesRead()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the bytes that a process has read are known on Linux");
        string line = File.ReadLines("/proc/self/io").First(text => text.StartsWith("rchar:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Checkpoint Open(string folder) => Checkpoint.Open(SharedFiles.Find($"golden/{folder}"));
}
