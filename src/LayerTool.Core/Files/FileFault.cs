using LayerTool.Faults;

namespace LayerTool.Files;

/// <summary>What can be wrong with a file as a whole, said the same way wherever one is read or written.</summary>
internal static class FileFault
{
    /// <summary>Whether the exception is the system's word on a file, not a bug.</summary>
    public static bool IsOne(Exception fault) => fault is IOException or UnauthorizedAccessException;

    /// <summary>The fault for a file that cannot be opened or read; one that is not there is called so.</summary>
    public static LayerToolException Unreadable(string file, Exception cause) => cause is FileNotFoundException or DirectoryNotFoundException
        ? new($"{file}: no such file", "check the path; relative ones begin at the current folder", cause)
        : new($"{file}: cannot be read: {Reason(cause)}", "check that it is a file, and that you may read it", cause);

    /// <summary>The fault for a file that cannot be written.</summary>
    public static LayerToolException Unwritable(string file, Exception cause) =>
        new($"{file}: cannot be written: {Reason(cause)}", "check that you may write there, and that the disk has room", cause);

    /// <summary>The fault for a file that ends before what it said of itself.</summary>
    /// <param name="file">The file.</param>
    /// <param name="during">What was being read, such as <c>its header</c>.</param>
    public static LayerToolException Shortened(string file, string during) =>
        new($"{file}: became shorter while {during} was read", "run the command again when nothing writes to it");

    /// <summary>The fault for a file that no honest one of its kind comes near.</summary>
    public static LayerToolException TooLarge(string file, long bytes, long most, string hint) =>
        new(FormattableString.Invariant($"{file}: has {bytes:N0} bytes, a file of its kind has at most {most:N0}"), hint);

    /// <summary>The fault for bytes that are no text.</summary>
    public static LayerToolException NotUtf8(string file, Exception? cause = null) =>
        new($"{file}: is not UTF-8 text", "convert it to UTF-8, or take it anew from where it came from", cause);

    private static string Reason(Exception cause) => cause.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
