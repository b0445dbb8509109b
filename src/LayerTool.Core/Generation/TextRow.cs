using System.Text;
using LayerTool.Tokenization;

namespace LayerTool.Generation;

/// <summary>One text as it grows.</summary>
internal sealed class TextRow
{
    private readonly StringBuilder _text = new();
    private readonly StreamingDecoder _decoder;
    private readonly StopStringFilter _filter;

    /// <param name="tokenizer">Makes text of tokens.</param>
    /// <param name="prompt">What the text follows: its first token is decoded in that place.</param>
    /// <param name="stopStrings">Strings that end it.</param>
    public TextRow(Tokenizer tokenizer, IReadOnlyList<int> prompt, IReadOnlyList<string> stopStrings)
    {
        _decoder = new StreamingDecoder(tokenizer, skipSpecialTokens: true);
        _filter = new StopStringFilter(stopStrings);
        foreach (int token in prompt)
        {
            _decoder.Add(token);
        }
    }

    /// <summary>The new text so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Whether a stop string was met.</summary>
    public bool Stopped => _filter.Met;

    /// <summary>Takes a token.</summary>
    /// <returns>The text that it settles.</returns>
    public string Add(int token) => Kept(_filter.Add(_decoder.Add(token)));

    /// <summary>Ends the text.</summary>
    /// <returns>What was still waiting.</returns>
    public string Finish() => Kept(_filter.Add(_decoder.Finish()) + _filter.Finish());

    private string Kept(string text)
    {
        _text.Append(text);
        return text;
    }
}
