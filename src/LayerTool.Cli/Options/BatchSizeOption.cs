using System.CommandLine;
using System.CommandLine.Parsing;

namespace LayerTool.Cli.Options;

/// <summary><c>--batch-size</c>: rows that run side by side.</summary>
internal readonly struct BatchSizeOption()
{
    private readonly Option<Rows> _option = new("--batch-size")
    {
        Description = "Rows that run side by side; `auto`: as many as make a full batch and fit the memory",
        HelpName = "N",
        CustomParser = Parse,
        CompletionSources = { "auto" },
    };

    public Option Symbol => _option;

    /// <summary>The number, or null for <c>auto</c>, which is also what an absent option stands for.</summary>
    public int? Read(ParseResult parsed) => parsed.GetValue(_option).Count;

    private static Rows Parse(ArgumentResult result) => new(result.Tokens[^1].Value == "auto" ? null : Syntax.Count()(result));

    // The library takes null from a parser for a value that cannot be converted.
    private readonly record struct Rows(int? Count);
}
