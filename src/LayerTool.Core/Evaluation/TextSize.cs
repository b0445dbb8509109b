using System.Text;
using LayerTool.Tokenization.Templates;

namespace LayerTool.Evaluation;

/// <summary>How long a text is, in the units that perplexities are taken over.</summary>
/// <param name="Words">Pieces between runs of white space; a run at either end makes an empty word more, and an empty text is one.</param>
/// <param name="Bytes">Bytes of its UTF-8 form.</param>
public readonly record struct TextSize(long Words, long Bytes)
{
    /// <summary>Measures a text.</summary>
    public static TextSize Of(string text)
    {
        long words = 1;
        bool between = false;
        foreach (char character in text)
        {
            bool space = PythonSpace.IsSpace(character); // the harness splits with Python's \s
            if (space && !between)
            {
                words++;
            }

            between = space;
        }

        return new TextSize(words, Encoding.UTF8.GetByteCount(text));
    }

    /// <summary>Adds two sizes.</summary>
    public static TextSize operator +(TextSize left, TextSize right) => new(left.Words + right.Words, left.Bytes + right.Bytes);

    /// <summary>Adds two sizes.</summary>
    public static TextSize Add(TextSize left, TextSize right) => left + right;
}
