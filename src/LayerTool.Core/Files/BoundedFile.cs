using LayerTool.Faults;

namespace LayerTool.Files;

/// <summary>Reads a small file whole, and only if it is small.</summary>
internal static class BoundedFile
{
    /// <summary>The bytes of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="mostBytes">Largest size.</param>
    /// <param name="hint">What a user does about a larger one.</param>
    /// <exception cref="LayerToolException">It is missing, too large, or cannot be read.</exception>
    public static byte[] ReadBytes(string file, long mostBytes, string hint)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
            if (stream.Length > mostBytes)
            {
                throw FileFault.TooLarge(file, stream.Length, mostBytes, hint);
            }

            byte[] bytes = new byte[stream.Length];
            int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return bytes[..count];
        }
        catch (Exception fault) when (FileFault.IsOne(fault))
        {
            throw FileFault.Unreadable(file, fault);
        }
    }
}
