namespace LayerTool.Tokenization.Normalizers;

/// <summary>Puts a text in front, unless there is nothing to put it in front of.</summary>
internal sealed class PrependNormalizer(string prepend) : INormalizer
{
    public static PrependNormalizer Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "prepend");
        return new PrependNormalizer(json.Text("prepend"));
    }

    public string Normalize(string text) => text.Length == 0 ? text : prepend + text;
}
