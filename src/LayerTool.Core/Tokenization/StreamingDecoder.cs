using System.Text;

namespace LayerTool.Tokenization;

/// <summary>
/// Decodes tokens as they are generated. Text is given out once its characters are complete: a character of several tokens comes
/// with the last of them.
/// </summary>
/// <remarks>
/// What was given out is never taken back. For tokens that spell UTF-8 the parts joined are <see cref="Tokenizer.Decode"/> of all
/// of them; elsewhere the number of U+FFFD may differ.
/// </remarks>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
public sealed class StreamingDecoder(Tokenizer tokenizer, bool skipSpecialTokens = false)
{
    // Bytes that never become a character must not be decoded again for ever.
    private const int LongestWait = 64;

    // Decoders look at the beginning of a text, so the tokens given out last stay in front of those that wait.
    private readonly List<int> _window = [];
    private int _given;

    /// <summary>Takes one token.</summary>
    /// <returns>The text that it completes; often empty in the middle of a character.</returns>
    public string Add(int id)
    {
        _window.Add(id);
        string text = Decode();
        bool waits = text.EndsWith(Rune.ReplacementChar.ToString(), StringComparison.Ordinal) && _window.Count - _given < LongestWait;
        return waits ? "" : Give(text);
    }

    /// <summary>Ends the text.</summary>
    /// <returns>What was still waiting, incomplete characters as U+FFFD.</returns>
    public string Finish()
    {
        string rest = Give(Decode());
        _window.Clear();
        _given = 0;
        return rest;
    }

    private string Decode() => tokenizer.Decode(_window, skipSpecialTokens);

    private string Give(string text)
    {
        string before = tokenizer.Decode(_window.Take(_given), skipSpecialTokens);
        int start = before.AsSpan().CommonPrefixLength(text);
        string part = text.Length > before.Length ? text[start..] : "";
        if (part.Length > 0)
        {
            _window.RemoveRange(0, _given);
            _given = _window.Count;
        }

        return part;
    }
}
