using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using LayerTool.Architectures;
using LayerTool.Faults;

namespace LayerTool.Data;

/// <summary>
/// Token sequences that layers are scored on. Text is packed as for pretraining: documents in file order, each followed by the
/// end-of-text token, joined and cut into sequences of one length; what is left over is not used, nothing is padded.
/// </summary>
public sealed class CalibrationSet
{
    private CalibrationSet(string name, ImmutableArray<ImmutableArray<int>> sequences)
    {
        Name = name;
        Sequences = sequences;
        TokenCount = sequences.Sum(sequence => (long)sequence.Length);
        Hash = HashOf(sequences);
    }

    /// <summary>Where the text came from: a file's name.</summary>
    public string Name { get; }

    /// <summary>The sequences; all of one length where they were packed from text.</summary>
    public ImmutableArray<ImmutableArray<int>> Sequences { get; }

    /// <summary>Tokens in all sequences together.</summary>
    public long TokenCount { get; }

    /// <summary>SHA-256 over the lengths and token ids, in lower-case hex: equal where the same tokens are used in the same way.</summary>
    public string Hash { get; }

    /// <summary>Packs tokenised documents. They are read only as far as the limits ask.</summary>
    /// <param name="name">Name of the text, for messages and reports.</param>
    /// <param name="documents">Token ids of each document, without special tokens.</param>
    /// <param name="endOfText">Token put behind each document; null for none.</param>
    /// <param name="limits">How much to use.</param>
    /// <param name="config">The model: its context length and vocabulary bound the sequences.</param>
    /// <exception cref="LayerToolException">The text gives less than was asked for, or nothing; a sequence is longer than the context.</exception>
    public static CalibrationSet Pack(
        string name, IEnumerable<IReadOnlyList<int>> documents, int? endOfText, CalibrationLimits limits, ModelConfig config)
    {
        int length = SequenceLength(limits, config.ContextLength);
        int samples = Samples(limits);
        long wanted = (long)samples * length;
        List<int> tokens = [];
        foreach (IReadOnlyList<int> document in documents)
        {
            tokens.AddRange(document);
            if (endOfText is int end)
            {
                tokens.Add(end);
            }

            if (tokens.Count >= wanted)
            {
                break;
            }
        }

        if (tokens.Count < 2)
        {
            throw new LayerToolException($"`{name}` gives {Counted.Of(tokens.Count, "token")}; scoring needs text", "give a longer text with `--calib FILE`");
        }

        if (tokens.Count < length && limits.SequenceLength is null)
        {
            length = tokens.Count;
        }

        int given = tokens.Count / length;
        if (given == 0 || (limits.Samples is not null && given < samples))
        {
            throw TooShort(name, limits, samples, length, given, tokens.Count);
        }

        return new CalibrationSet(
            name, CheckIds(name, [.. Enumerable.Range(0, Math.Min(given, samples)).Select(index => tokens.Slice(index * length, length).ToImmutableArray())], config));
    }

    /// <summary>Takes rows of token ids as they stand, cut to the sequence length where they are longer.</summary>
    /// <inheritdoc cref="Pack" path="/exception" />
    public static CalibrationSet FromRows(string name, ImmutableArray<ImmutableArray<int>> rows, CalibrationLimits limits, ModelConfig config)
    {
        int length = SequenceLength(limits, config.ContextLength);
        int samples = Samples(limits);
        int given = limits.SequenceLength is null ? rows.Length : rows.Count(row => row.Length >= length);
        if (given == 0 || (limits.Samples is not null && given < samples))
        {
            throw TooShort(name, limits, samples, length, given, rows.Sum(row => (long)row.Length));
        }

        IEnumerable<ImmutableArray<int>> usable = limits.SequenceLength is null ? rows : rows.Where(row => row.Length >= length);
        return new CalibrationSet(name, CheckIds(name, [.. usable.Take(samples).Select(row => row.Length > length ? row[..length] : row)], config));
    }

    /// <summary>The first sequences of the set.</summary>
    /// <param name="samples">How many at most.</param>
    public CalibrationSet Take(int samples) => samples >= Sequences.Length ? this : new CalibrationSet(Name, Sequences[..samples]);

    /// <summary>What was used, in words.</summary>
    public override string ToString()
    {
        int longest = Sequences.Max(sequence => sequence.Length);
        string each = Sequences.All(sequence => sequence.Length == longest) ? $"{longest} tokens" : $"up to {longest} tokens";
        return string.Create(CultureInfo.InvariantCulture, $"{Sequences.Length} × {each} of {Name}");
    }

    private static int Samples(CalibrationLimits limits) => limits.Samples switch
    {
        < 1 => throw new LayerToolException($"`--samples` is {limits.Samples}, expected 1 or more", "leave `--samples` out to take up to 256 sequences"),
        int samples => samples,
        null => CalibrationLimits.DefaultSamples,
    };

    private static int SequenceLength(CalibrationLimits limits, int contextLength)
    {
        if (limits.SequenceLength is not int asked)
        {
            return Math.Min(CalibrationLimits.DefaultSequenceLength, contextLength);
        }

        if (asked < 1)
        {
            throw new LayerToolException($"`--seq` is {asked}, expected 1 or more", "leave `--seq` out to take sequences of up to 2048 tokens");
        }

        return asked <= contextLength || limits.AllowBeyondContext
            ? asked
            : throw new LayerToolException(
                $"`--seq` is {asked}; the model was made for {contextLength} tokens", "lower `--seq`, or allow it with `--allow-beyond-context`");
    }

    private static LayerToolException TooShort(string name, CalibrationLimits limits, int samples, int length, int given, long tokens)
    {
        string needed = limits.Samples is null ? $"a sequence of {length} tokens" : $"{samples} sequences of {length} tokens";
        return new LayerToolException($"need {needed}, `{name}` gives {given} ({Counted.Of(tokens, "token")})", "lower `--samples` or `--seq`");
    }

    private static ImmutableArray<ImmutableArray<int>> CheckIds(string name, ImmutableArray<ImmutableArray<int>> sequences, ModelConfig config)
    {
        for (int row = 0; row < sequences.Length; row++)
        {
            foreach (int id in sequences[row])
            {
                if (id < 0 || id >= config.VocabSize)
                {
                    throw new LayerToolException(
                        $"sequence {row} of `{name}` holds token id {id}; the model has ids 0 to {config.VocabSize - 1}",
                        "use the tokenizer, or the token ids, that belong to this model");
                }
            }
        }

        return sequences;
    }

    private static string HashOf(ImmutableArray<ImmutableArray<int>> sequences)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ImmutableArray<int> sequence in sequences)
        {
            byte[] bytes = new byte[4 * (sequence.Length + 1)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, sequence.Length);
            for (int index = 0; index < sequence.Length; index++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * (index + 1)), sequence[index]);
            }

            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
