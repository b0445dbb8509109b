using System.Globalization;
using System.Text;
using LayerTool.Cli.Output;
using LayerTool.Faults;
using LayerTool.Tokenization;

namespace LayerTool.Cli.Commands;

/// <summary>One text as <c>layertool tokenize</c> prints it.</summary>
/// <param name="ids">Its ids.</param>
/// <param name="tokens">The tokens of the ids, as the file writes them.</param>
/// <param name="decoded">The text of the ids.</param>
/// <param name="characters">Code points of the text given.</param>
/// <param name="bytes">Its bytes in UTF-8.</param>
internal sealed class TokenizeReport(IReadOnlyList<int> ids, IReadOnlyList<string?> tokens, string decoded, long characters, long bytes) : IReport
{
    public string Schema => "layertool.tokenize/1";

    public object Json => new
    {
        Ids = ids,
        Tokens = tokens,
        Decoded = decoded,
        Counts = new { Tokens = ids.Count, Characters = characters, Bytes = bytes },
    };

    /// <summary>What <c>--lines --json</c> prints of it.</summary>
    public object Row => new { Ids = ids, Decoded = decoded };

    public static TokenizeReport Of(Tokenizer tokenizer, string text, bool addSpecialTokens)
    {
        IReadOnlyList<int> ids = tokenizer.Encode(text, addSpecialTokens);
        return new TokenizeReport(
            ids,
            [.. ids.Select(tokenizer.Token)],
            tokenizer.Decode(ids),
            text.EnumerateRunes().LongCount(),
            Encoding.UTF8.GetByteCount(text));
    }

    // The text is quoted: its spaces and line ends are seen, and what would steer a terminal does not reach it.
    public void WriteText(ReportWriter writer) => writer.Pairs(
    [
        ("ids", string.Join(' ', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)))),
        ("decoded", QuotedText.Of(decoded)),
        ("counts", $"{Counted.Of(ids.Count, "token")}, {Counted.Of(characters, "character")}, {Counted.Of(bytes, "byte")}"),
    ]);
}
