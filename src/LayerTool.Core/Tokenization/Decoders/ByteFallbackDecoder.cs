using System.Globalization;
using System.Text;

namespace LayerTool.Tokenization.Decoders;

/// <summary>
/// Reads runs of byte tokens such as <c>&lt;0xE2&gt;</c> as UTF-8. A run that is not UTF-8 as a whole becomes one U+FFFD for each byte.
/// </summary>
internal sealed class ByteFallbackDecoder : IDecoder
{
    public static ByteFallbackDecoder Read(TokenizerJson json)
    {
        json.ExpectOnly("type");
        return new ByteFallbackDecoder();
    }

    public List<string> Decode(List<string> tokens)
    {
        List<string> result = new(tokens.Count);
        List<byte> run = [];
        foreach (string token in tokens)
        {
            if (ByteOf(token) is { } value)
            {
                run.Add(value);
                continue;
            }

            AddRun(run, result);
            result.Add(token);
        }

        AddRun(run, result);
        return result;
    }

    private static byte? ByteOf(string token) =>
        token is ['<', '0', 'x', char high, char low, '>'] && byte.TryParse([high, low], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : null;

    private static void AddRun(List<byte> run, List<string> result)
    {
        if (run.Count == 0)
        {
            return;
        }

        byte[] bytes = [.. run];
        result.Add(System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : new string('\uFFFD', bytes.Length));
        run.Clear();
    }
}
