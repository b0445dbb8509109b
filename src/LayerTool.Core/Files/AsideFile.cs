using System.Security.Cryptography;
using System.Text;
using LayerTool.Faults;
using Microsoft.Win32.SafeHandles;

namespace LayerTool.Files;

/// <summary>
/// A file that is written beside its place and takes its name when it is complete and on the disk: under the name there is never
/// half a file. Disposed before <see cref="Commit"/>, it leaves nothing.
/// </summary>
internal sealed class AsideFile : IDisposable
{
    private readonly string _file;

    /// <summary>Names a place beside the file; nothing is made yet.</summary>
    /// <param name="file">The file; its folder exists.</param>
    public AsideFile(string file)
    {
        _file = file;
        Path = $"{file}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.part";
    }

    /// <summary>Where to write until <see cref="Commit"/>.</summary>
    public string Path { get; }

    /// <summary>Writes text as UTF-8.</summary>
    /// <param name="file">The file; its folder exists.</param>
    /// <param name="text">The text.</param>
    /// <param name="replace">Whether a file of that name may be replaced.</param>
    /// <exception cref="LayerToolException">It cannot be written; nothing is left.</exception>
    public static void Write(string file, string text, bool replace)
    {
        using AsideFile aside = new(file);
        aside.Write(text);
        aside.Commit(replace);
    }

    /// <summary>Writes text as UTF-8 to <see cref="Path"/>.</summary>
    /// <exception cref="LayerToolException">It cannot be written.</exception>
    public void Write(string text)
    {
        try
        {
            File.WriteAllText(Path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
        catch (Exception fault) when (FileFault.IsOne(fault))
        {
            throw FileFault.Unwritable(_file, fault);
        }
    }

    /// <summary>Has the disk take what was written, and gives it its name.</summary>
    /// <param name="replace">Whether a file of that name may be replaced.</param>
    /// <exception cref="LayerToolException">It cannot be written.</exception>
    public void Commit(bool replace)
    {
        try
        {
            using (SafeFileHandle handle = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite))
            {
                RandomAccess.FlushToDisk(handle);
            }

            File.Move(Path, _file, replace);
        }
        catch (Exception fault) when (FileFault.IsOne(fault))
        {
            throw FileFault.Unwritable(_file, fault);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        try
        {
            File.Delete(Path);
        }
        catch (Exception fault) when (FileFault.IsOne(fault))
        {
            // A disk that cannot be written has been told of already.
        }
    }
}
