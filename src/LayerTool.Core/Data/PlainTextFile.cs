using System.Text;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Data;

/// <summary>A plain text file: one document, as it stands.</summary>
internal sealed class PlainTextFile : DocumentFile
{
    private const long MaxBytes = 1L << 28;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private PlainTextFile(string path)
        : base(path)
    {
    }

    public static new PlainTextFile Open(string path, string? column)
    {
        if (column is not null)
        {
            throw new LayerToolException($"`{path}` is plain text and has no column `{column}`", "leave `--column` out, or give a .jsonl or .parquet file");
        }

        return new PlainTextFile(path);
    }

    public override IEnumerable<string> Documents()
    {
        string text;
        try
        {
            long bytes = new FileInfo(Path).Length;
            if (bytes > MaxBytes)
            {
                throw new LayerToolException(
                    $"`{Path}` has {bytes} bytes; one document may have {MaxBytes}", "split it into a .jsonl file with one document a line");
            }

            text = File.ReadAllText(Path, Utf8);
        }
        catch (DecoderFallbackException fault)
        {
            throw FileFault.NotUtf8(Path, fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw FileFault.Unreadable(Path, fault);
        }

        return [text];
    }
}
