namespace LayerTool.Samples.Quickstart;

/// <summary>
/// Weights that are made, not trained. The stream's first half holds the letter that was read, its second half the letter before
/// it, and the head adds what both say of the next one. The letter before is brought by the attention of one layer
/// (<see cref="MemoryLayer"/>); all other layers add noise, some more, some less. So one attention matters, and the others do not.
/// </summary>
internal static class ToyWeights
{
    public const int Hidden = 64;
    public const int Inner = 128;
    public const int Heads = 4;
    public const int KvHeads = 2;
    public const int HeadDim = Hidden / Heads;
    public const int Layers = 8;

    private const int MemoryLayer = 3;
    private const int Places = Hidden / 2;
    private const int Seed = 20;
    private static readonly float OneLetter = MathF.Sqrt(Hidden); // of a stream that holds one letter, after its norm
    private static readonly float TwoLetters = MathF.Sqrt(Hidden / 2f);

    /// <summary>All tensors by name, each a row-major matrix or a vector.</summary>
    /// <param name="ids">The text whose letters the model knows.</param>
    public static SortedDictionary<string, float[]> Make(int[] ids)
    {
        Random random = new(Seed);
        int[] places = PlacesOf(ids);
        SortedDictionary<string, float[]> tensors = new(StringComparer.Ordinal)
        {
            ["model.embed_tokens.weight"] = Matrix(places.Length, Hidden, (id, column) => column == places[id] ? 1 : 0),
            ["model.norm.weight"] = Ones(),
            ["lm_head.weight"] = Head(ids, places),
        };
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            float noise = 0.005f + (0.02f * random.NextSingle());
            tensors[prefix + "input_layernorm.weight"] = Ones();
            tensors[prefix + "self_attn.q_proj.weight"] = layer == MemoryLayer ? MemoryQuery() : Noise(random, Heads * HeadDim, Hidden, 1);
            tensors[prefix + "self_attn.k_proj.weight"] = layer == MemoryLayer ? MemoryKey() : Noise(random, KvHeads * HeadDim, Hidden, 1);
            tensors[prefix + "self_attn.v_proj.weight"] = layer == MemoryLayer ? MemoryValue() : Noise(random, KvHeads * HeadDim, Hidden, 1);
            tensors[prefix + "self_attn.o_proj.weight"] = layer == MemoryLayer ? MemoryOutput() : Noise(random, Hidden, Heads * HeadDim, noise);
            tensors[prefix + "post_attention_layernorm.weight"] = Ones();
            tensors[prefix + "mlp.gate_proj.weight"] = Noise(random, Inner, Hidden, 1);
            tensors[prefix + "mlp.up_proj.weight"] = Noise(random, Inner, Hidden, 1);
            tensors[prefix + "mlp.down_proj.weight"] = Noise(random, Hidden, Inner, noise / 4);
        }

        return tensors;
    }

    // The dimension that stands for a token: the frequent ones have one each.
    private static int[] PlacesOf(int[] ids)
    {
        IEnumerable<int> frequentFirst = ids.CountBy(id => id).OrderByDescending(count => count.Value).ThenBy(count => count.Key).Select(count => count.Key);
        int[] places = new int[ToyCheckpoint.Vocabulary.Length];
        int next = 0;
        foreach (int id in frequentFirst.Union(Enumerable.Range(0, places.Length)))
        {
            places[id] = next++ % Places;
        }

        return places;
    }

    // Query and key are the same for all letters. Rotation turns them by position, and the query is turned back by one: they meet
    // best where the key is one place before.
    private static float[] MemoryQuery() => Matrix(Heads * HeadDim, Hidden, (row, column) =>
    {
        int pair = row % (HeadDim / 2);
        double turn = Math.Pow(10000, -2.0 * pair / HeadDim);
        return column < Places ? (float)(row % HeadDim < HeadDim / 2 ? Math.Cos(turn) : -Math.Sin(turn)) : 0;
    });

    private static float[] MemoryKey() => Matrix(KvHeads * HeadDim, Hidden, (row, column) => column < Places && row % HeadDim < HeadDim / 2 ? 1 : 0);

    // The letter's dimensions, half of them in each KV head …
    private static float[] MemoryValue() => Matrix(KvHeads * HeadDim, Hidden, (row, column) => row == column ? 1 / OneLetter : 0);

    // … and the first query head of each group puts them into the second half of the stream.
    private static float[] MemoryOutput() => Matrix(Hidden, Heads * HeadDim, (row, column) =>
    {
        int head = column / HeadDim;
        int group = head * KvHeads / Heads;
        return head % (Heads / KvHeads) == 0 && row == Places + (group * HeadDim) + (column % HeadDim) ? 1 : 0;
    });

    // log P(next | letter) + 0.4 log P(next | letter before) / P(next)
    private static float[] Head(int[] ids, int[] places)
    {
        double[,] afterLetter = LogLikelihoods(ids, places, distance: 1);
        double[,] afterBefore = LogLikelihoods(ids, places, distance: 2);
        double[,] alone = LogLikelihoods(ids, new int[places.Length], distance: 1);
        return Matrix(places.Length, Hidden, (next, column) =>
        {
            int place = column % Places;
            double says = column < Places ? afterLetter[next, place] : 0.4 * (afterBefore[next, place] - alone[next, 0]);
            return (float)(says / TwoLetters);
        });
    }

    private static double[,] LogLikelihoods(int[] ids, int[] places, int distance)
    {
        const double Unseen = 0.05; // every token may follow, a little
        double[,] counts = new double[places.Length, Places];
        double[] totals = new double[Places];
        for (int index = distance; index < ids.Length; index++)
        {
            counts[ids[index], places[ids[index - distance]]]++;
            totals[places[ids[index - distance]]]++;
        }

        double[,] logs = new double[places.Length, Places];
        for (int next = 0; next < places.Length; next++)
        {
            for (int place = 0; place < Places; place++)
            {
                logs[next, place] = Math.Log((counts[next, place] + Unseen) / (totals[place] + (Unseen * places.Length)));
            }
        }

        return logs;
    }

    private static float[] Ones() => [.. Enumerable.Repeat(1f, Hidden)];

    private static float[] Noise(Random random, int rows, int columns, float scale) => Matrix(rows, columns, (_, _) =>
    {
        double gaussian = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return (float)(gaussian * scale / Math.Sqrt(Hidden));
    });

    private static float[] Matrix(int rows, int columns, Func<int, int, float> element)
    {
        float[] values = new float[rows * columns];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = element(index / columns, index % columns);
        }

        return values;
    }
}
