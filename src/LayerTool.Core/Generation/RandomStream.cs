namespace LayerTool.Generation;

/// <summary>Random numbers that are the same on every platform and version: SplitMix64 (Steele, Lea and Flood 2014).</summary>
internal sealed class RandomStream
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state;

    /// <param name="seed">The user's seed.</param>
    /// <param name="stream">Which of the seed's streams.</param>
    public RandomStream(long seed, int stream)
    {
        _state = Mix((ulong)seed + Step) ^ Mix(~(ulong)stream);
    }

    /// <summary>A number of at least 0 and below 1.</summary>
    public double Next() => (Mix(_state += Step) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
