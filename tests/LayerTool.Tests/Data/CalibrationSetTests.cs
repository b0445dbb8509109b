using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Data;
using LayerTool.Faults;
using Xunit;

namespace LayerTool.Tests.Data;

public sealed class CalibrationSetTests
{
    private const int End = 9;

    [Fact]
    public void Documents_are_joined_with_the_end_token_and_cut()
    {
        CalibrationSet set = CalibrationSet.Pack("t", [[1, 2, 3], [4], [5, 6]], End, new CalibrationLimits(SequenceLength: 4), Model());

        Assert.Equal([[1, 2, 3, 9], [4, 9, 5, 6]], set.Sequences.Select(sequence => sequence.ToArray()));
        Assert.Equal(8, set.TokenCount);
        Assert.Equal("2 × 4 tokens of t", set.ToString());
    }

    [Fact]
    public void Documents_are_read_only_as_far_as_they_are_used()
    {
        int read = 0;
        IEnumerable<IReadOnlyList<int>> documents = Enumerable.Range(0, 1000).Select(_ =>
        {
            read++;
            return Enumerable.Repeat(1, 3).ToList();
        });

        CalibrationSet set = CalibrationSet.Pack("t", documents, End, new CalibrationLimits(Samples: 2, SequenceLength: 4), Model());

        Assert.Equal(2, set.Sequences.Length);
        Assert.Equal(2, read);
    }

    [Fact]
    public void Limits_that_nobody_asked_for_give_way()
    {
        CalibrationSet shorter = CalibrationSet.Pack("t", [[1, 2, 3]], End, new CalibrationLimits(), Model(context: 100));
        CalibrationSet context = CalibrationSet.Pack("t", [[1, 2, 3, 4, 5]], End, new CalibrationLimits(), Model(context: 3));

        Assert.Equal([1, 2, 3, 9], Assert.Single(shorter.Sequences));
        Assert.Equal(2, context.Sequences.Length);
        Assert.All(context.Sequences, sequence => Assert.Equal(3, sequence.Length));
    }

    [Theory]
    [InlineData(256, 4, "need 256 sequences of 4 tokens, `t` gives 1 (6 tokens)")]
    [InlineData(null, 8, "need a sequence of 8 tokens, `t` gives 0 (6 tokens)")]
    [InlineData(null, 17, "`--seq` is 17; the model was made for 16 tokens")]
    [InlineData(0, null, "`--samples` is 0, expected 1 or more")]
    [InlineData(null, -1, "`--seq` is -1, expected 1 or more")]
    public void What_was_asked_for_must_be_had(int? samples, int? length, string expected)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(
            () => CalibrationSet.Pack("t", [[1, 2, 3, 4, 5]], End, new CalibrationLimits(samples, length), Model()));

        Assert.Equal(expected, fault.Message);
    }

    [Fact]
    public void Sequences_beyond_the_context_can_be_allowed()
    {
        CalibrationSet set = CalibrationSet.Pack(
            "t", [[.. Enumerable.Repeat(1, 40)]], null, new CalibrationLimits(SequenceLength: 20, AllowBeyondContext: true), Model());

        Assert.Equal(2, set.Sequences.Length);
    }

    [Fact]
    public void Text_without_tokens_is_refused()
    {
        Assert.Throws<LayerToolException>(() => CalibrationSet.Pack("t", [], End, new CalibrationLimits(), Model()));
        Assert.Throws<LayerToolException>(() => CalibrationSet.Pack("t", [[]], End, new CalibrationLimits(), Model()));
    }

    [Fact]
    public void A_token_id_beyond_the_vocabulary_is_named()
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(
            () => CalibrationSet.FromRows("t", [[1, 2], [3, 10]], new CalibrationLimits(), Model()));

        Assert.Equal("sequence 1 of `t` holds token id 10; the model has ids 0 to 9", fault.Message);
    }

    [Fact]
    public void Rows_of_ids_stay_rows()
    {
        ImmutableArray<ImmutableArray<int>> rows = [[1, 2, 3], [4, 5], [6, 7, 8]];

        Assert.Equal(rows, CalibrationSet.FromRows("t", rows, new CalibrationLimits(), Model()).Sequences, (left, right) => left.SequenceEqual(right));
        Assert.Equal([[1, 2, 3], [6, 7, 8]], CalibrationSet.FromRows("t", rows, new CalibrationLimits(SequenceLength: 3), Model()).Sequences.Select(row => row.ToArray()));
        Assert.Equal([[1, 2], [4, 5]], CalibrationSet.FromRows("t", rows, new CalibrationLimits(2, 2), Model()).Sequences.Select(row => row.ToArray()));
        Assert.Throws<LayerToolException>(() => CalibrationSet.FromRows("t", rows, new CalibrationLimits(3, 3), Model()));
    }

    [Fact]
    public void The_hash_tells_other_tokens_and_other_cuts_apart()
    {
        static string Hash(ImmutableArray<ImmutableArray<int>> rows, string name = "t") =>
            CalibrationSet.FromRows(name, rows, new CalibrationLimits(), Model()).Hash;

        Assert.Equal(Hash([[1, 2], [3]]), Hash([[1, 2], [3]], "another name"));
        Assert.NotEqual(Hash([[1, 2], [3]]), Hash([[1], [2, 3]]));
        Assert.NotEqual(Hash([[1, 2]]), Hash([[1, 3]]));
    }

    private static ModelConfig Model(int context = 16) => new()
    {
        Architecture = KnownArchitectures.All[0],
        HiddenSize = 4,
        AttentionHeads = 1,
        HeadDim = 4,
        VocabSize = 10,
        ContextLength = context,
        NormEpsilon = 1e-5,
        AttentionScale = 1,
        Activation = Activation.Silu,
        TiedEmbeddings = true,
        QkvBias = false,
        AttentionOutputBias = false,
        MlpBias = false,
        Rope = new() { Width = 2 },
        Layers = [new LayerConfig { KvHeads = 1, HeadDim = 2, IntermediateSize = 4 }],
        EosTokenIds = [End],
        BosTokenId = null,
    };
}
