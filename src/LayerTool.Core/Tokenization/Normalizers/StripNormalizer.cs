using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.Normalizers;

/// <summary>Takes white space off the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    public static StripNormalizer Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "strip_left", "strip_right");
        return new StripNormalizer(json.Flag("strip_left"), json.Flag("strip_right"));
    }

    public AlignedText Normalize(AlignedText text)
    {
        int start = 0;
        while (left && start < text.Value.Length && CharacterClasses.Space.Contains(text.Value[start]))
        {
            start++;
        }

        int end = text.Value.Length;
        while (right && end > start && CharacterClasses.Space.Contains(text.Value[end - 1]))
        {
            end--;
        }

        return text[new TextSpan(start, end)];
    }
}
