using System.Collections.Immutable;
using System.Security.Cryptography;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Data;

/// <summary>
/// A file of text documents: <c>.txt</c> is one document; <c>.jsonl</c>, <c>.json</c> and <c>.parquet</c> hold one a row, in column
/// <c>text</c>, else <c>page</c>, else the only column of strings. A <c>.json</c> file may hold rows of token ids instead, as
/// the reference files of this project do.
/// </summary>
public abstract class DocumentFile
{
    private protected DocumentFile(string path)
    {
        Path = path;
    }

    /// <summary>The path as given.</summary>
    public string Path { get; }

    /// <summary>The file's own name, without its folder.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Rows of token ids where the file holds those, otherwise null.</summary>
    public virtual ImmutableArray<ImmutableArray<int>>? TokenRows => null;

    /// <summary>Opens a file by its extension; any that is not known is read as plain text.</summary>
    /// <param name="path">The file.</param>
    /// <param name="column">Column of the text, or null to let the rule choose.</param>
    /// <exception cref="LayerToolException">The file is missing, empty, not readable as what its name says, or has no such column.</exception>
    public static DocumentFile Open(string path, string? column = null)
    {
        if (Directory.Exists(path))
        {
            throw new LayerToolException($"`{path}` is a folder, expected a text file", "give a .txt, .jsonl, .json or .parquet file");
        }

        if (!File.Exists(path))
        {
            throw new LayerToolException($"there is no file `{path}`", "give a .txt, .jsonl, .json or .parquet file");
        }

        try
        {
            if (new FileInfo(path).Length == 0)
            {
                throw new LayerToolException($"`{path}` is empty", "give a file with text in it: .txt, .jsonl, .json or .parquet");
            }

            return System.IO.Path.GetExtension(path).ToUpperInvariant() switch
            {
                ".JSONL" or ".NDJSON" => JsonLinesFile.Open(path, column),
                ".JSON" => JsonFile.Open(path, column),
                ".PARQUET" => ParquetFile.Open(path, column),
                _ => PlainTextFile.Open(path, column),
            };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw FileFault.Unreadable(path, fault);
        }
    }

    /// <summary>The documents, in the order of the file, read as they are asked for.</summary>
    /// <exception cref="LayerToolException">A row is at fault (named), or the file holds token ids.</exception>
    public abstract IEnumerable<string> Documents();

    /// <summary>SHA-256 of the file's bytes, in lower-case hex.</summary>
    /// <exception cref="LayerToolException">The file cannot be read.</exception>
    public string Hash() => HashOf(Path);

    /// <summary>SHA-256 of a file's bytes, in lower-case hex.</summary>
    /// <exception cref="LayerToolException">The file cannot be read.</exception>
    internal static string HashOf(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw FileFault.Unreadable(path, fault);
        }
    }
}
