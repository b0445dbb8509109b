using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using LayerTool.Faults;

namespace LayerTool.Safetensors;

/// <summary>The parsed header of one safetensors file.</summary>
/// <param name="File">Full path.</param>
/// <param name="Tensors">The tensors in the order of their offsets.</param>
/// <param name="Metadata">The <c>__metadata__</c> map; empty where absent.</param>
/// <param name="FileSize">Size of the whole file in bytes.</param>
public sealed record SafetensorsHeader(string File, ImmutableArray<TensorEntry> Tensors, IReadOnlyDictionary<string, string> Metadata, long FileSize)
{
    /// <summary>Reads and checks the header of a file; the data are not touched.</summary>
    /// <exception cref="LayerToolException">The file is not there, or is not a sound safetensors file.</exception>
    public static SafetensorsHeader Read(string file)
    {
        using FileStream stream = System.IO.File.OpenRead(file);
        byte[] prefix = new byte[8];
        stream.ReadExactly(prefix);
        long length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        byte[] text = new byte[length];
        stream.ReadExactly(text);
        JsonObject json = JsonNode.Parse(text)!.AsObject();
        List<TensorEntry> entries = [];
        foreach ((string name, JsonNode? node) in json)
        {
            if (name == "__metadata__")
            {
                continue;
            }

            long start = node!["data_offsets"]![0]!.GetValue<long>();
            long end = node["data_offsets"]![1]!.GetValue<long>();
            TensorDtype dtype = TensorDtype.Find(node["dtype"]!.GetValue<string>()) ?? throw new LayerToolException(name);
            entries.Add(new TensorEntry(name, dtype, [.. node["shape"]!.AsArray().Select(size => size!.GetValue<long>())], file, 8 + length + start, end - start));
        }

        return new SafetensorsHeader(file, [.. entries.OrderBy(entry => entry.Offset)], new Dictionary<string, string>(), stream.Length);
    }
}
