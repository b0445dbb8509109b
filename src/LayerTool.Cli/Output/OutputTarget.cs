using System.Text;
using Spectre.Console;

namespace LayerTool.Cli.Output;

/// <summary>A stream of text that ends at a terminal, in a pipe or in a test.</summary>
internal sealed class OutputTarget : IAnsiConsoleOutput
{
    /// <summary>A table in a file or a pipe is not folded.</summary>
    private const int WidthOfFiles = 10_000;

    /// <summary>Help in a file or a pipe.</summary>
    private const int WidthOfHelp = 100;

    public OutputTarget(TextWriter writer, bool isTerminal = false, int width = WidthOfHelp)
    {
        Writer = writer;
        IsTerminal = isTerminal;
        Width = width;
    }

    public TextWriter Writer { get; }

    public bool IsTerminal { get; }

    /// <summary>Columns, for text that is folded everywhere.</summary>
    public int Width { get; }

    public int Height => 24;

    int IAnsiConsoleOutput.Width => IsTerminal ? Width : WidthOfFiles;

    public static OutputTarget StandardOutput() => Standard(Console.OpenStandardOutput(), Console.IsOutputRedirected);

    public static OutputTarget StandardError() => Standard(Console.OpenStandardError(), Console.IsErrorRedirected);

    public void SetEncoding(Encoding encoding)
    {
        // Always UTF-8.
    }

    private static OutputTarget Standard(Stream stream, bool redirected)
    {
        StreamWriter writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = !redirected };
        return redirected ? new OutputTarget(writer) : new OutputTarget(writer, isTerminal: true, TerminalWidth());
    }

    private static int TerminalWidth()
    {
        try
        {
            return Console.WindowWidth is > 20 and int width ? width : WidthOfHelp;
        }
        catch (IOException)
        {
            return WidthOfHelp; // the other stream is the terminal
        }
    }
}
