using System.Numerics;

namespace LayerTool.Python;

/// <summary>
/// Python's generator of random numbers (Mersenne Twister 19937, Matsumoto and Nishimura 1998) with the draws that
/// lm-evaluation-harness makes, number for number: the same few shots and the same bootstrap come out.
/// </summary>
public sealed class PythonRandom
{
    private const int Size = 624;
    private const int Middle = 397;

    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    /// <summary>A generator as <c>random.Random(seed)</c> makes it.</summary>
    /// <param name="seed">A whole number; its sign does not count.</param>
    public PythonRandom(long seed)
    {
        ulong size = seed < 0 ? unchecked((ulong)-seed) : (ulong)seed;
        Seed(size > uint.MaxValue ? [(uint)size, (uint)(size >> 32)] : [(uint)size]);
    }

    /// <summary>The next 32 bits.</summary>
    public uint NextWord()
    {
        if (_next == Size)
        {
            Twist();
        }

        uint word = _state[_next++];
        word ^= word >> 11;
        word ^= (word << 7) & 0x9D2C5680;
        word ^= (word << 15) & 0xEFC60000;
        return word ^ (word >> 18);
    }

    /// <summary>A number from 0 to below 1 with 53 random bits.</summary>
    public double NextDouble()
    {
        uint high = NextWord() >> 5;
        uint low = NextWord() >> 6;
        return ((high * 67108864.0) + low) / 9007199254740992.0;
    }

    /// <summary>A whole number from 0 to below <paramref name="limit"/>.</summary>
    public int Below(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        int bits = 32 - BitOperations.LeadingZeroCount((uint)limit);
        uint drawn;
        do
        {
            drawn = NextWord() >> (32 - bits);
        }
        while (drawn >= limit);

        return (int)drawn;
    }

    /// <summary>Different indices in random order, as <c>random.sample(range(population), count)</c>.</summary>
    public int[] Sample(int population, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, population);
        int[] drawn = new int[count];
        if (population <= LargestCopy(count))
        {
            int[] pool = [.. Enumerable.Range(0, population)];
            for (int index = 0; index < count; index++)
            {
                int place = Below(population - index);
                drawn[index] = pool[place];
                pool[place] = pool[population - index - 1];
            }

            return drawn;
        }

        HashSet<int> taken = [];
        for (int index = 0; index < count; index++)
        {
            int place;
            do
            {
                place = Below(population);
            }
            while (!taken.Add(place));

            drawn[index] = place;
        }

        return drawn;
    }

    /// <summary>Draws with replacement, as <c>random.choices(range(population), k=drawn.Length)</c>.</summary>
    public void Choices(int population, Span<int> drawn)
    {
        for (int index = 0; index < drawn.Length; index++)
        {
            drawn[index] = (int)Math.Floor(NextDouble() * population);
        }
    }

    // Up to here a copy of the population costs less than a set of what was drawn.
    private static double LargestCopy(int count) => 21 + (count > 5 ? Math.Pow(4, Math.Ceiling(Math.Log(count * 3, 4))) : 0);

    private void Seed(ReadOnlySpan<uint> key)
    {
        _state[0] = 19650218;
        for (uint index = 1; index < Size; index++)
        {
            _state[index] = Mixed(index, 1812433253) + index;
        }

        uint place = 1;
        for (int step = 0, word = 0; step < Size; step++, word = (word + 1) % key.Length)
        {
            _state[place] = (_state[place] ^ Mixed(place, 1664525)) + key[word] + (uint)word;
            place = Following(place);
        }

        for (int step = 0; step < Size - 1; step++)
        {
            _state[place] = (_state[place] ^ Mixed(place, 1566083941)) - place;
            place = Following(place);
        }

        _state[0] = 0x80000000;
    }

    private uint Mixed(uint place, uint factor) => (_state[place - 1] ^ (_state[place - 1] >> 30)) * factor;

    private uint Following(uint place)
    {
        if (place + 1 < Size)
        {
            return place + 1;
        }

        _state[0] = _state[Size - 1];
        return 1;
    }

    private void Twist()
    {
        for (int index = 0; index < Size; index++)
        {
            uint joined = (_state[index] & 0x80000000) | (_state[(index + 1) % Size] & 0x7FFFFFFF);
            _state[index] = _state[(index + Middle) % Size] ^ (joined >> 1) ^ ((joined & 1) * 0x9908B0DF);
        }

        _next = 0;
    }
}
