namespace LayerTool.Samples.Pair.Text;

/// <summary>Random choices from a seed: the same on every machine.</summary>
internal sealed class Draw(int seed)
{
    private readonly Random _random = new(seed);

    public int Below(int bound) => _random.Next(bound);

    public bool Chance(double probability) => _random.NextDouble() < probability;

    public T From<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    /// <summary>The first item with the largest chance, each further one with a third of the chance of the one before it.</summary>
    public T FromMostlyFirst<T>(IReadOnlyList<T> items)
    {
        int index = 0;
        while (index < items.Count - 1 && Chance(1.0 / 3))
        {
            index++;
        }

        return items[index];
    }

    /// <summary>An index, each as likely as its share of the weights.</summary>
    public int Weighted(params ReadOnlySpan<double> weights)
    {
        double rest = _random.NextDouble();
        for (int index = 0; index < weights.Length - 1; index++)
        {
            rest -= weights[index];
            if (rest < 0)
            {
                return index;
            }
        }

        return weights.Length - 1;
    }

    /// <summary>A normally distributed number (Box and Muller).</summary>
    public float Normal(double deviation) =>
        (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));

    public void Shuffle<T>(T[] items) => _random.Shuffle(items);
}
