using System.Buffers.Binary;
using LayerTool.Safetensors;

namespace LayerTool.Tests.Support;

/// <summary>A copy of a stored checkpoint whose weights may be damaged.</summary>
internal static class CheckpointCopy
{
    /// <summary>Copies the files of a folder (not of its subfolders).</summary>
    public static string Make(string folder, TempFolder temp, string name = "copy")
    {
        string copy = Directory.CreateDirectory(Path.Combine(temp.Path, name)).FullName;
        foreach (string file in Directory.GetFiles(folder))
        {
            string target = Path.Combine(copy, Path.GetFileName(file));
            File.WriteAllBytes(target, File.ReadAllBytes(file));
        }

        return copy;
    }

    /// <summary>Writes one bfloat16 element of a tensor.</summary>
    public static void Set(string folder, string tensor, int element, float value)
    {
        TensorEntry entry = SafetensorsHeader.Read(Path.Combine(folder, "model.safetensors")).Tensors.First(entry => entry.Name == tensor);
        using FileStream stream = File.OpenWrite(entry.File);
        stream.Position = entry.Offset + (2 * element);
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
        stream.Write(bytes);
    }

    /// <summary>Replaces text in config.json.</summary>
    public static void Edit(string folder, string from, string to)
    {
        string file = Path.Combine(folder, "config.json");
        string text = File.ReadAllText(file);
        string edited = text.Replace(from, to, StringComparison.Ordinal);
        if (edited == text)
        {
            throw new InvalidOperationException($"config.json has no {from}");
        }

        File.WriteAllText(file, edited);
    }
}
