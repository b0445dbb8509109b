using System.Text;

namespace LayerTool.Generation;

/// <summary>
/// Lets text through up to the first stop string, however it is cut into pieces: what may be the beginning of a stop string is
/// held back until the next pieces show what it is.
/// </summary>
/// <param name="stops">The stop strings, none empty.</param>
internal sealed class StopStringFilter(IReadOnlyList<string> stops)
{
    private readonly StringBuilder _held = new();

    /// <summary>Whether a stop string was met; nothing comes after it.</summary>
    public bool Met { get; private set; }

    /// <summary>Takes a piece.</summary>
    /// <returns>What is known to stand in front of every stop string.</returns>
    public string Add(string piece)
    {
        if (Met)
        {
            return "";
        }

        string text = _held.Append(piece).ToString();
        int found = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(index => index >= 0).DefaultIfEmpty(-1).Min();
        Met = found >= 0;
        int ready = Met ? found : text.Length - LongestBeginning(text);
        _held.Clear().Append(text, ready, Met ? 0 : text.Length - ready);
        return text[..ready];
    }

    /// <summary>Ends the text.</summary>
    /// <returns>What was held back.</returns>
    public string Finish()
    {
        string rest = _held.ToString();
        _held.Clear();
        return rest;
    }

    // Length of the longest end of the text that begins a stop string.
    private int LongestBeginning(string text)
    {
        int longest = Math.Min(text.Length, stops.Select(stop => stop.Length - 1).DefaultIfEmpty(0).Max());
        for (int length = longest; length > 0; length--)
        {
            string end = text[^length..];
            if (stops.Any(stop => stop.StartsWith(end, StringComparison.Ordinal)))
            {
                return length;
            }
        }

        return 0;
    }
}
