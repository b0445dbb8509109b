namespace LayerTool.Plans;

/// <summary>
/// Finds what repeats at once in a sequence: for every position the shortest p with s[i..i+p) = s[i+p..i+2p). O(n log² n) at worst,
/// so that a plan of 65,536 slots prints at once.
/// </summary>
internal sealed class RepeatFinder
{
    // _factors[k][i] names s[i..i+2^k): equal names, equal factors. The last level still holds two equal ones.
    private readonly List<int[]> _factors = [];

    private RepeatFinder(int[] symbols)
    {
        int[] level = symbols;
        for (int length = 1; HasEqual(level); length *= 2)
        {
            _factors.Add(level);
            level = Join(level, length);
        }
    }

    /// <summary>The shortest period that repeats at once from each position on; 0 where none does.</summary>
    /// <param name="symbols">The sequence; equal elements are equal numbers.</param>
    public static int[] ShortestPeriods(int[] symbols)
    {
        RepeatFinder finder = new(symbols);
        int[] periods = new int[symbols.Length];
        int[] nextOpen = new int[symbols.Length + 1]; // from each position, towards the next that has no period yet
        for (int index = 0; index < nextOpen.Length; index++)
        {
            nextOpen[index] = index;
        }

        int longest = Math.Min(symbols.Length / 2, (1 << finder._factors.Count) - 1);
        for (int period = 1; period <= longest; period++)
        {
            // s[i..i+2p) holds exactly one multiple of p, j, in its first half: grow the equal stretch around j and j + p.
            for (int j = 0; j + period < symbols.Length; j += period)
            {
                if (Find(nextOpen, Math.Max(0, j - period + 1)) > j)
                {
                    continue; // all that could begin here repeats sooner
                }

                int forward = finder.EqualFrom(j, j + period, period);
                int backward = forward == 0 ? 0 : finder.EqualBefore(j, j + period, period - 1);
                for (int i = Find(nextOpen, j - backward); i <= j + forward - period; i = Find(nextOpen, i))
                {
                    periods[i] = period; // periods come in rising order: the first is the shortest
                    nextOpen[i] = i + 1;
                }
            }
        }

        return periods;
    }

    // How many elements from a and from b on are equal, b behind a; at most limit.
    private int EqualFrom(int a, int b, int limit)
    {
        int equal = 0;
        for (int level = _factors.Count - 1; level >= 0; level--)
        {
            int[] names = _factors[level];
            int length = 1 << level;
            while (equal + length <= limit && b + equal < names.Length && names[a + equal] == names[b + equal])
            {
                equal += length;
            }
        }

        return equal;
    }

    // How many elements before a and before b are equal, b behind a; at most limit.
    private int EqualBefore(int a, int b, int limit)
    {
        int equal = 0;
        for (int level = _factors.Count - 1; level >= 0; level--)
        {
            int[] names = _factors[level];
            int length = 1 << level;
            while (equal + length <= limit && a - equal >= length && names[a - equal - length] == names[b - equal - length])
            {
                equal += length;
            }
        }

        return equal;
    }

    // Names of the factors of twice the length.
    private static int[] Join(int[] names, int length)
    {
        Dictionary<(int, int), int> known = [];
        int[] joined = new int[Math.Max(0, names.Length - length)];
        for (int index = 0; index < joined.Length; index++)
        {
            (int, int) pair = (names[index], names[index + length]);
            known.TryAdd(pair, known.Count);
            joined[index] = known[pair];
        }

        return joined;
    }

    private static bool HasEqual(int[] names)
    {
        HashSet<int> seen = [];
        return !names.All(seen.Add);
    }

    private static int Find(int[] next, int index)
    {
        while (next[index] != index)
        {
            next[index] = next[next[index]];
            index = next[index];
        }

        return index;
    }
}
