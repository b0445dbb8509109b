namespace LayerTool.Tokenization.Normalizers;

/// <summary>Puts a text in front, unless there is nothing to put it in front of.</summary>
internal sealed class PrependNormalizer(string prepend) : INormalizer
{
    public static PrependNormalizer Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "prepend");
        return new PrependNormalizer(json.Text("prepend"));
    }

    public AlignedText Normalize(AlignedText text)
    {
        if (text.Value.Length == 0)
        {
            return text;
        }

        AlignedTextBuilder result = new(text);
        result.Put(prepend, 0);
        result.Keep(new TextSpan(0, text.Value.Length));
        return result.Build();
    }
}
