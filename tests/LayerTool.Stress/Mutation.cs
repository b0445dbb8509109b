using System.Text;

namespace LayerTool.Stress;

/// <summary>Damage to the bytes of a sound file, the same for the same seed.</summary>
internal static class Mutation
{
    private static readonly string[] Pieces =
    [
        "\"", "{", "}", "[", "]", ",", ":", "null", "true", "\\ud800", "\\u0000", "../", "{\"a\":", "\ufeff", "\0", "\r\n", "&a ", "*a", "- ", "x2", "(", ")", "|", "*0.5",
    ];

    private static readonly string[] Numbers =
        ["9", "-", "0.", "1e", "-1", "0", "4294967296", "99999999999999999999", "9223372036854775807", "1e308", "NaN", "1e-320"];

    private static readonly string[] Values =
        ["null", "true", "[]", "{}", "\"\"", "\"x\"", "0", "-1", "1", "2147483648", "1e400", "0.5", "[[]]", "[0, 0]", "[9223372036854775807, 2]", "{\"\": 0}"];

    /// <summary>
    /// One to four damages. Half of the inputs keep their form and get other numbers and values; in the other half bytes are changed,
    /// cut out, doubled, moved or put in, or the end is cut off.
    /// </summary>
    public static byte[] Of(ReadOnlySpan<byte> sound, Random random)
    {
        List<byte> bytes = [.. sound];
        bool keepsForm = random.Next(2) == 0;
        for (int times = random.Next(1, 5); times > 0 && bytes.Count > 0; times--)
        {
            if (keepsForm)
            {
                DamageValue(bytes, random);
            }
            else
            {
                Damage(bytes, random);
            }
        }

        return [.. bytes];
    }

    private static void Damage(List<byte> bytes, Random random)
    {
        int at = random.Next(bytes.Count);
        int length = Math.Min(random.Next(1, 16), bytes.Count - at);
        switch (random.Next(9))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 3:
                Put(bytes, at, Drawn(Pieces, random));
                break;
            case 4 when random.Next(4) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                bytes[random.Next(Math.Min(8, bytes.Count))] = (byte)random.Next(256);
                break;
            case 6:
                List<byte> moved = bytes.GetRange(at, length);
                bytes.RemoveRange(at, length);
                bytes.InsertRange(random.Next(bytes.Count + 1), moved);
                break;
            case 7:
                Put(bytes, at, string.Concat(Enumerable.Repeat(Drawn(Pieces, random), random.Next(1, 400))));
                break;
            default:
                DamageValue(bytes, random);
                break;
        }
    }

    private static void DamageValue(List<byte> bytes, Random random)
    {
        int at = random.Next(bytes.Count);
        if (random.Next(3) == 0)
        {
            Replace(bytes, at, IsDigit, Drawn(Numbers, random));
        }
        else
        {
            ReplaceValue(bytes, at, Drawn(Values, random));
        }
    }

    /// <summary>The first run of such bytes at or after a position becomes a text.</summary>
    private static void Replace(List<byte> bytes, int at, Predicate<byte> isPart, string text)
    {
        int start = bytes.FindIndex(at, isPart);
        if (start < 0)
        {
            return;
        }

        int end = bytes.FindIndex(start, letter => !isPart(letter));
        bytes.RemoveRange(start, (end < 0 ? bytes.Count : end) - start);
        Put(bytes, start, text);
    }

    /// <summary>What stands behind the next colon, up to a comma, a bracket or the end of the line, becomes a text.</summary>
    private static void ReplaceValue(List<byte> bytes, int at, string text)
    {
        int colon = bytes.IndexOf((byte)':', at);
        if (colon >= 0 && colon + 1 < bytes.Count)
        {
            Replace(bytes, colon + 1, letter => letter is not ((byte)',' or (byte)'}' or (byte)']' or (byte)'\n'), text);
        }
    }

    private static bool IsDigit(byte letter) => letter is >= (byte)'0' and <= (byte)'9';

    private static void Put(List<byte> bytes, int at, string text) => bytes.InsertRange(at, Encoding.UTF8.GetBytes(text));

    private static string Drawn(string[] from, Random random) => from[random.Next(from.Length)];
}
