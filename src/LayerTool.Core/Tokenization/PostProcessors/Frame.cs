using System.Collections.Immutable;

namespace LayerTool.Tokenization.PostProcessors;

/// <summary>The special tokens around a text.</summary>
/// <param name="Before">Ids in front of it, such as BOS.</param>
/// <param name="After">Ids behind it, such as EOS.</param>
internal sealed record Frame(ImmutableArray<int> Before, ImmutableArray<int> After)
{
    public static readonly Frame None = new([], []);

    /// <summary>How the offsets of byte-level tokens leave their spaces out; null where they keep them.</summary>
    public SpaceTrimming? Trimming { get; init; }

    /// <summary>This frame with another one around it.</summary>
    public Frame Inside(Frame outer) => new([.. outer.Before, .. Before], [.. After, .. outer.After]) { Trimming = Trimming ?? outer.Trimming };
}
