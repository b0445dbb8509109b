namespace LayerTool.Tokenization.Decoders;

/// <summary>Takes a character off the start and end of each token, so many times at most.</summary>
internal sealed class StripDecoder(char content, int start, int stop) : IDecoder
{
    public static StripDecoder Read(TokenizerJson json)
    {
        json.ExpectOnly("type", "content", "start", "stop");
        return new StripDecoder(json.Character("content"), json.Count("start"), json.Count("stop"));
    }

    public List<string> Decode(List<string> tokens) => tokens.ConvertAll(Strip);

    private string Strip(string token)
    {
        int first = 0;
        while (first < token.Length && first < start && token[first] == content)
        {
            first++;
        }

        int last = token.Length;
        while (last > first && token.Length - last < stop && token[last - 1] == content)
        {
            last--;
        }

        return token[first..last];
    }
}
