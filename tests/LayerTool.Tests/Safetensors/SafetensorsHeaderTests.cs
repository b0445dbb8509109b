using LayerTool.Faults;
using LayerTool.Safetensors;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Safetensors;

public sealed class SafetensorsHeaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A header, the bytes of data behind it, and what the message says of it.</summary>
    public static TheoryData<string, int, string> Faulty => new()
    {
        { """ {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "its header does not start with `{`: not a safetensors file" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}""", 1, "its header is not JSON" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}} x""", 1, "its header is not JSON" },
        { "{\"a\u00ff\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "its header is not UTF-8" },
        { """{"\ud800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "its header is not JSON: line 1, column 2: the string holds half of a surrogate pair" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "its header names `a` twice" },
        { """{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "tensor `a` has `dtype` twice" },
        { """{"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}}""", 1, "tensor `a` has `shape` twice" },
        { """{"a":{"dtype":"Q4_K","shape":[1],"data_offsets":[0,1]}}""", 1, "tensor `a` has the dtype `Q4_K`; the format has BOOL, F4" },
        { """{"a":{"dtype":8,"shape":[1],"data_offsets":[0,1]}}""", 1, "tensor `a` has a `dtype` that is not a string" },
        { """{"a":{"dtype":"U8","shape":[1]}}""", 1, "tensor `a` has no `data_offsets`" },
        { """{"a":[1]}""", 1, "tensor `a` is not described by an object" },
        { """{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""", 1, "tensor `a` has something in `shape` that is not a whole number" },
        { """{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}""", 1, "tensor `a` has something in `shape` that is not a whole number" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[-0,1]}}""", 1, "tensor `a` has something in `data_offsets` that is not a whole number" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}""", 1, "tensor `a` has more than 2 numbers in `data_offsets`" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}""", 1, "tensor `a` has 1 `data_offsets`, expected 2" },
        { """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}""", 1, "tensor `a` ends at byte 0, before it begins at 1" },
        { """{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,1]}}""", 1, "tensor `a` has the shape [4611686018427387904, 4], which is more than a file can hold" },
        { """{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}""", 2, "tensor `a` has the shape [3] of F4, 4 bits each, which does not end at a whole byte" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "tensor `a` has 4 bytes by its `data_offsets` [0, 4], but [2] of F32 takes 8" },
        { """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "tensor `b` begins at byte 1 of the data, inside tensor `a`, which ends at 2" },
        { """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}""", 5, "tensor `b` begins at byte 3 of the data, expected 2, where tensor `a` ends" },
        { """{"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "tensor `a` begins at byte 1 of the data, expected 0" },
        { """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", 3, "has 1 bytes behind its last tensor" },
        { """{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}""", 3, "is cut off: by its header it has 70 bytes, there are 64" },
        { """{"__metadata__":{"x":1}}""", 0, "`x` of `__metadata__` is not a string" },
        { """{"__metadata__":{"x":"1","x":"2"}}""", 0, "`__metadata__` names `x` twice" },
        { """{"__metadata__":3}""", 0, "`__metadata__` is not an object" },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void A_faulty_header_is_refused_by_its_cause(string header, int dataBytes, string expected)
    {
        string file = TinySafetensors.WriteRaw(_folder.File("m.safetensors"), header, dataBytes);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => SafetensorsHeader.Read(file));

        Assert.StartsWith($"{file}: {expected}", fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Hint);
    }

    [Theory]
    [InlineData(100_000_001, "says that its header has 100000001 bytes, at most 100000000 are allowed")]
    [InlineData(-1, "says that its header has 18446744073709551615 bytes, at most 100000000 are allowed")]
    [InlineData(3, "says that its header has 3 bytes, but the whole file has 10")]
    public void A_header_length_that_cannot_be_is_refused(long length, string expected)
    {
        string file = TinySafetensors.WriteRaw(_folder.File("m.safetensors"), "{}", 0, length);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => SafetensorsHeader.Read(file));

        Assert.StartsWith($"{file}: {expected}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_no_safetensors_at_all_are_told_apart()
    {
        string empty = _folder.Write("empty.safetensors", "");
        string pointer = _folder.Write("pointer.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");

        Assert.Contains("has 0 bytes, too few", Assert.Throws<LayerToolException>(() => SafetensorsHeader.Read(empty)).Message, StringComparison.Ordinal);
        Assert.Contains("is a Git LFS pointer", Assert.Throws<LayerToolException>(() => SafetensorsHeader.Read(pointer)).Message, StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<LayerToolException>(() => SafetensorsHeader.Read(_folder.File("absent"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Legal_oddities_are_read()
    {
        string file = TinySafetensors.WriteRaw(
            _folder.File("m.safetensors"),
            """{"late":{"data_offsets":[4,6],"shape":[],"dtype":"BF16"},"empty":{"dtype":"F32","shape":[0,7],"data_offsets":[4,4]},"six":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[0,3],"more":{"x":[1]}},"bool":{"dtype":"BOOL","shape":[1],"data_offsets":[3,4]},"__metadata__":null}   """,
            6);

        SafetensorsHeader header = SafetensorsHeader.Read(file);

        Assert.Equal(["six", "bool", "empty", "late"], header.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([0L, 3, 4, 4], header.Tensors.Select(tensor => tensor.Offset - header.DataStart));
        Assert.Equal(1, header.Tensors[3].ElementCount);
        Assert.Empty(header.Metadata);
    }

    [Fact]
    public void A_file_without_tensors_is_read()
    {
        Assert.Empty(SafetensorsHeader.Read(TinySafetensors.WriteRaw(_folder.File("m.safetensors"), "{}", 0)).Tensors);
    }

    [Fact]
    public void A_file_above_4_GB_is_read_by_its_header_alone()
    {
        const long Size = 5L << 30;
        string file = TinySafetensors.WriteRaw(_folder.File("m.safetensors"), $$$"""{"a":{"dtype":"U8","shape":[{{{Size}}}],"data_offsets":[0,{{{Size}}}]},"z":{"dtype":"U8","shape":[4],"data_offsets":[{{{Size}}},{{{Size + 4}}}]}}""", 0);
        using (FileStream stream = new(file, FileMode.Append, FileAccess.Write))
        {
            stream.SetLength(stream.Length + Size); // a hole: no disk is used
            stream.Seek(0, SeekOrigin.End);
            stream.Write("tail"u8);
        }

        SafetensorsHeader header = SafetensorsHeader.Read(file);
        using TensorReader reader = new([header]);

        Assert.Equal([Size, 4], header.Tensors.Select(tensor => tensor.ByteCount));
        Assert.Equal("tail"u8, reader.ReadAll(header.Tensors[1]));
    }

    [Fact]
    public void A_long_name_from_a_file_is_cut_in_messages()
    {
        string file = TinySafetensors.WriteRaw(_folder.File("m.safetensors"), $$$"""{"{{{new string('n', 100_000)}}}":{"dtype":"U8","shape":[1]}}""", 1);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => SafetensorsHeader.Read(file));

        Assert.InRange(fault.Message.Length, 1, file.Length + 200);
    }

    [Fact]
    public void More_tensors_than_any_model_has_are_refused_before_they_fill_the_memory()
    {
        string entries = string.Join(',', Enumerable.Range(0, SafetensorsHeader.MostTensors + 1).Select(index => $"\"{index}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"));
        string file = TinySafetensors.WriteRaw(_folder.File("m.safetensors"), $"{{{entries}}}", 0);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => SafetensorsHeader.Read(file));

        Assert.Equal($"{file}: its header names more than {SafetensorsHeader.MostTensors} tensors", fault.Message);
    }

    [Fact]
    public void A_shape_of_millions_of_dimensions_is_refused()
    {
        string shape = string.Join(',', Enumerable.Repeat("1", 5_000_000));
        string file = TinySafetensors.WriteRaw(_folder.File("m.safetensors"), $$$"""{"a":{"dtype":"U8","shape":[{{{shape}}}],"data_offsets":[0,1]}}""", 1);

        Assert.Contains("tensor `a` has more than 64 numbers in `shape`", Assert.Throws<LayerToolException>(() => SafetensorsHeader.Read(file)).Message, StringComparison.Ordinal);
    }
}
