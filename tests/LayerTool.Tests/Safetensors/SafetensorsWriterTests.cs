using LayerTool.Faults;
using LayerTool.Safetensors;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Safetensors;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reading_and_writing_again_gives_the_bytes_of_the_reference_writer()
    {
        string[] files =
        [
            .. Directory.GetFiles(SharedFiles.Find("golden/models"), "model*.safetensors", SearchOption.AllDirectories),
            .. Directory.GetFiles(SharedFiles.Find("golden/variants"), "model*.safetensors", SearchOption.AllDirectories),
        ];
        Assert.NotEmpty(files);

        Assert.All(files, file =>
        {
            string copy = _folder.File("copy.safetensors");
            File.Delete(copy);
            SafetensorsHeader header = SafetensorsHeader.Read(file);
            using TensorReader reader = new([header]);
            Dictionary<string, TensorEntry> entries = header.Tensors.ToDictionary(tensor => tensor.Name);

            using (SafetensorsWriter writer = SafetensorsWriter.Create(copy, header.Tensors.Reverse().Select(tensor => new TensorDeclaration(tensor.Name, tensor.Dtype, tensor.Shape)), header.Metadata))
            {
                foreach (TensorEntry tensor in writer.Tensors)
                {
                    writer.Write(reader.ReadAll(entries[tensor.Name]));
                }

                writer.Finish();
            }

            Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(copy)), file);
        });
    }

    [Fact]
    public void The_header_is_compact_and_padded_and_says_the_format()
    {
        string file = _folder.File("m.safetensors");
        using (SafetensorsWriter writer = SafetensorsWriter.Create(
            file,
            [new("b", TensorDtype.F16, [2]), new("a\n\"é\U0001F600/\u007f\u0001", TensorDtype.F16, []), new("wide", TensorDtype.I64, [0, 3])],
            new Dictionary<string, string> { ["note"] = "x" }))
        {
            writer.Write([1, 2]);
            writer.Write([3, 4, 5, 6]);
            writer.Finish();
        }

        byte[] bytes = File.ReadAllBytes(file);
        string header = System.Text.Encoding.UTF8.GetString(bytes.AsSpan(8, bytes.Length - 14));
        Assert.Equal(
            """{"__metadata__":{"format":"pt","note":"x"},"wide":{"dtype":"I64","shape":[0,3],"data_offsets":[0,0]},"a\n\"é😀/""" + "\u007f" + """\u0001":{"dtype":"F16","shape":[],"data_offsets":[0,2]},"b":{"dtype":"F16","shape":[2],"data_offsets":[2,6]}}""",
            header.TrimEnd(' '));
        Assert.Equal(0, (bytes.Length - 14) % 8);
        Assert.Equal([1, 2, 3, 4, 5, 6], bytes[^6..]);
        Assert.Equal(3, SafetensorsHeader.Read(file).Tensors.Length);
    }

    [Fact]
    public void Names_are_ordered_by_their_UTF_8_bytes()
    {
        string[] names = ["\U0001F600", "\uff5e", "a", "", "ab", "\ud7ff"];

        Assert.Equal(["", "a", "ab", "\ud7ff", "\uff5e", "\U0001F600"], SafetensorsWriter.InLayout(names.Select(name => new TensorDeclaration(name, TensorDtype.F32, [1]))).Select(tensor => tensor.Name));
    }

    [Fact]
    public void A_writer_that_is_not_finished_leaves_no_file()
    {
        string file = _folder.File("m.safetensors");
        using (SafetensorsWriter writer = SafetensorsWriter.Create(file, [new("a", TensorDtype.F32, [4])]))
        {
            writer.Write(new byte[8]);
            Assert.Throws<InvalidOperationException>(writer.Finish);
            Assert.Throws<InvalidOperationException>(() => writer.Write(new byte[9]));
        }

        Assert.False(File.Exists(file));
    }

    [Fact]
    public void An_existing_file_is_not_touched()
    {
        string file = _folder.Write("m.safetensors", "kept");

        LayerToolException fault = Assert.Throws<LayerToolException>(() => SafetensorsWriter.Create(file, []));

        Assert.Contains("cannot be written", fault.Message, StringComparison.Ordinal);
        Assert.Equal("kept", File.ReadAllText(file));
    }

    [Fact]
    public void A_file_that_changed_after_its_header_was_read_is_refused()
    {
        string file = TinySafetensors.Write(_folder.File("m.safetensors"), [("a", [4])]);
        SafetensorsHeader header = SafetensorsHeader.Read(file);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(1));
        using TensorReader reader = new([header]);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => reader.ReadAll(header.Tensors[0]));

        Assert.Equal($"{file}: has changed since it was opened", fault.Message);
    }

    [Fact]
    public void Tensors_are_read_by_position()
    {
        string file = _folder.File("m.safetensors");
        using (SafetensorsWriter writer = SafetensorsWriter.Create(file, [new("a", TensorDtype.F32, [2]), new("b", TensorDtype.F32, [1])]))
        {
            writer.Write([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
            writer.Finish();
        }

        using TensorReader reader = new([SafetensorsHeader.Read(file)]);
        byte[] buffer = new byte[3];
        reader.Read(SafetensorsHeader.Read(file).Tensors[0], 5, buffer);

        Assert.Equal([5, 6, 7], buffer);
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(SafetensorsHeader.Read(file).Tensors[0], 6, buffer));
    }
}
