using System.Text;

namespace LayerTool.Tests.Support;

/// <summary>Splits a line as a shell would: at spaces outside of quotes, single or double.</summary>
internal static class ShellLine
{
    public static string[] Split(string line)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool started = false;
        char? quote = null;
        foreach (char letter in line)
        {
            if (quote is null ? letter is '\'' or '"' : letter == quote)
            {
                quote = quote is null ? letter : null;
                started = true; // '' is a word too
            }
            else if (quote is null && char.IsWhiteSpace(letter))
            {
                if (started)
                {
                    words.Add(word.ToString());
                    word.Clear();
                    started = false;
                }
            }
            else
            {
                word.Append(letter);
                started = true;
            }
        }

        return quote is not null ? throw new FormatException($"A quote is not closed: {line}") : started ? [.. words, word.ToString()] : [.. words];
    }
}
