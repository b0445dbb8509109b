using System.Text;
using LayerTool.Faults;

namespace LayerTool.Tests.Support;

/// <summary>Files that are almost sound, drawn by a seed: a reader may refuse them with a fault of its own, and nothing else may come out.</summary>
internal static class Damaged
{
    /// <summary>Runs an attempt once a seed.</summary>
    /// <returns>How many of them were refused.</returns>
    /// <exception cref="InvalidOperationException">Something else came out; the seed is named.</exception>
    public static int Run(int cases, Action<int> attempt)
    {
        int refused = 0;
        for (int seed = 0; seed < cases; seed++)
        {
            try
            {
                attempt(seed);
            }
            catch (LayerToolException)
            {
                refused++;
            }
            catch (Exception bug)
            {
                throw new InvalidOperationException($"Seed {seed} gave {bug.GetType().Name}.", bug);
            }
        }

        return refused;
    }

    /// <summary>One to three of: bytes changed, a digit changed, a piece cut out, doubled or put in, the end cut off.</summary>
    public static byte[] Bytes(byte[] sound, Random random)
    {
        List<byte> bytes = [.. sound];
        for (int times = random.Next(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, length); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 3: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)])); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                case 5: bytes[random.Next(Math.Min(8, bytes.Count))] = (byte)random.Next(256); break;
                default:
                    int digit = bytes.FindIndex(at, letter => letter is >= (byte)'0' and <= (byte)'9');
                    if (digit >= 0)
                    {
                        bytes.InsertRange(digit, Encoding.UTF8.GetBytes(Numbers[random.Next(Numbers.Length)]));
                    }

                    break;
            }
        }

        return [.. bytes];
    }

    private static readonly string[] Pieces = ["\"", "{", "}", "[", "]", ",", "null", "\\ud800", "\\u0000", "../", "{\"a\":", "\ufeff", "true", "[[[[[[[[[["];

    private static readonly string[] Numbers = ["9", "-", "0.", "1e", "99999999999999999999", "9223372036854775807", "1e308"];
}
