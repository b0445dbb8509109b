namespace LayerTool.Cli.Commands;

/// <summary>An example in the help of a command.</summary>
/// <param name="Line">The line to type.</param>
/// <param name="Meaning">What it does, in a few words.</param>
internal sealed record Example(string Line, string Meaning);
