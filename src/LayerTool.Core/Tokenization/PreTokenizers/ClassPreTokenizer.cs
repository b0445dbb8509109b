using System.Text;
using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>Cuts at each character of a set.</summary>
internal sealed class ClassPreTokenizer(CodePointSet set, SplitBehavior behavior) : IPreTokenizer
{
    /// <summary>Cuts numbers from the rest, in runs or one by one.</summary>
    public static ClassPreTokenizer ReadDigits(TokenizerJson json)
    {
        json.ExpectOnly("type", "individual_digits");
        return new ClassPreTokenizer(CharacterClasses.Numeric, json.Flag("individual_digits") ? SplitBehavior.Isolated : SplitBehavior.Contiguous);
    }

    /// <summary>Cuts at punctuation marks.</summary>
    public static ClassPreTokenizer ReadPunctuation(TokenizerJson json)
    {
        json.ExpectOnly("type", "behavior");
        return new ClassPreTokenizer(
            CharacterClasses.Punctuation, json.Has("behavior") ? SplitPreTokenizer.ReadBehavior(json) : SplitBehavior.Isolated);
    }

    /// <summary>Cuts at white space, which goes.</summary>
    public static ClassPreTokenizer ReadWhitespaceSplit(TokenizerJson json)
    {
        json.ExpectOnly("type");
        return new ClassPreTokenizer(CharacterClasses.Space, SplitBehavior.Removed);
    }

    /// <summary>Cuts at one character, which goes.</summary>
    public static ClassPreTokenizer ReadDelimiter(TokenizerJson json)
    {
        json.ExpectOnly("type", "delimiter");
        return new ClassPreTokenizer(CodePointSet.Of(json.Character("delimiter")), SplitBehavior.Removed);
    }

    public Pieces Split(Pieces pieces)
    {
        List<TextSpan> spans = new(pieces.Spans.Count);
        List<TextSpan> found = [];
        foreach (TextSpan span in pieces.Spans)
        {
            found.Clear();
            Find(pieces[span], found);
            Cutter.Cut(span, found, behavior, invert: false, spans);
        }

        return pieces with { Spans = spans };
    }

    private void Find(ReadOnlySpan<char> text, List<TextSpan> found)
    {
        int position = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (set.Contains(rune.Value))
            {
                found.Add(new TextSpan(position, position + rune.Utf16SequenceLength));
            }

            position += rune.Utf16SequenceLength;
        }
    }
}
