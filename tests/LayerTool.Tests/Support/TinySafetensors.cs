using System.Buffers.Binary;
using System.Text;
using LayerTool.Safetensors;

namespace LayerTool.Tests.Support;

/// <summary>Safetensors files made by hand for tests: sound ones by name and shape, and others byte by byte.</summary>
internal static class TinySafetensors
{
    /// <summary>The whole of a tensor.</summary>
    public static byte[] ReadAll(this TensorReader reader, TensorEntry tensor)
    {
        byte[] bytes = new byte[tensor.ByteCount];
        reader.Read(tensor, 0, bytes);
        return bytes;
    }

    /// <summary>A file with that header text, whatever it says, and that many bytes of zeros behind it.</summary>
    public static string WriteRaw(string file, string header, int dataBytes, long? headerLength = null)
    {
        byte[] text = Encoding.Latin1.GetBytes(header);
        byte[] bytes = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, headerLength ?? text.Length);
        text.CopyTo(bytes, 8);
        File.WriteAllBytes(file, bytes);
        return file;
    }

    /// <summary>A file with F32 tensors whose elements are all <paramref name="value"/>.</summary>
    public static string Write(string file, IEnumerable<(string Name, long[] Shape)> tensors, float value = 0)
    {
        using SafetensorsWriter writer = SafetensorsWriter.Create(file, tensors.Select(tensor => new TensorDeclaration(tensor.Name, TensorDtype.F32, [.. tensor.Shape])));
        Span<byte> element = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(element, value);
        for (long count = writer.Tensors.Sum(tensor => tensor.ElementCount); count > 0; count--)
        {
            writer.Write(element);
        }

        writer.Finish();
        return file;
    }
}
