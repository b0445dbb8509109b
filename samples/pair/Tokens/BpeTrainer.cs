using System.Text;
using System.Text.RegularExpressions;

namespace LayerTool.Samples.Pair.Tokens;

/// <summary>
/// Byte-level byte pair encoding (Sennrich et al., GPT-2's alphabet): all bytes are tokens, then the most frequent pair of neighbours
/// becomes one, again and again. Pairs do not reach over the cuts of GPT-2's pattern.
/// </summary>
internal static partial class BpeTrainer
{
    /// <summary>The 256 letters that stand for the bytes, by byte: printable ones for themselves, the others from U+0100 on.</summary>
    public static IReadOnlyList<string> Alphabet { get; } = MakeAlphabet();

    /// <summary>The merges of a text, in order; each makes the token of its two halves.</summary>
    public static IReadOnlyList<(string Left, string Right)> Learn(IEnumerable<string> documents, int count)
    {
        Dictionary<string, int> words = documents
            .SelectMany(document => Cuts().Matches(document).Select(match => match.Value))
            .CountBy(word => word).ToDictionary(StringComparer.Ordinal);
        List<(List<string> Symbols, int Count)> pieces =
            [.. words.OrderBy(word => word.Key, StringComparer.Ordinal).Select(word => (Spell(word.Key), word.Value))];
        List<(string Left, string Right)> merges = [];
        while (merges.Count < count && MostFrequent(pieces) is { } pair)
        {
            merges.Add(pair);
            foreach ((List<string> symbols, _) in pieces)
            {
                Merge(symbols, pair);
            }
        }

        return merges;
    }

    private static (string Left, string Right)? MostFrequent(List<(List<string> Symbols, int Count)> pieces)
    {
        Dictionary<(string Left, string Right), long> counts = [];
        foreach ((List<string> symbols, int count) in pieces)
        {
            for (int index = 1; index < symbols.Count; index++)
            {
                (string, string) pair = (symbols[index - 1], symbols[index]);
                counts[pair] = counts.GetValueOrDefault(pair) + count;
            }
        }

        return counts.Count == 0
            ? null
            : counts.OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key.Left, StringComparer.Ordinal)
                .ThenBy(pair => pair.Key.Right, StringComparer.Ordinal)
                .First().Key;
    }

    private static void Merge(List<string> symbols, (string Left, string Right) pair)
    {
        for (int index = 1; index < symbols.Count; index++)
        {
            if (symbols[index - 1] == pair.Left && symbols[index] == pair.Right)
            {
                symbols[index - 1] += pair.Right;
                symbols.RemoveAt(index);
            }
        }
    }

    private static List<string> Spell(string word) => [.. Encoding.UTF8.GetBytes(word).Select(value => Alphabet[value])];

    private static string[] MakeAlphabet()
    {
        string[] letters = new string[256];
        int next = 256;
        for (int value = 0; value < letters.Length; value++)
        {
            bool shows = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            letters[value] = $"{(char)(shows ? value : next++)}";
        }

        return letters;
    }

    [GeneratedRegex(@"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Cuts();
}
