using System.Collections.Immutable;
using LayerTool.Faults;

namespace LayerTool.Tying;

/// <summary>
/// Which depths of a model share a layer, and which of its layers each shared one is made of. L depths, B loops, K = L / B shared
/// layers.
/// </summary>
public sealed class TieMap
{
    private readonly TieShare _share;
    private readonly TieInit _init;

    private TieMap(int depths, int loops, TieShare share, TieInit init)
    {
        Depths = depths;
        Loops = loops;
        _share = share;
        _init = init;
    }

    /// <summary>L: the number of layers that are played.</summary>
    public int Depths { get; }

    /// <summary>B: how often each shared layer is played.</summary>
    public int Loops { get; }

    /// <summary>K: the number of shared layers.</summary>
    public int SharedCount => Depths / Loops;

    /// <summary>The shared layer of each depth.</summary>
    public ImmutableArray<int> SharedByDepth => [.. Enumerable.Range(0, Depths).Select(SharedAt)];

    /// <summary>Makes the map.</summary>
    /// <param name="depths">L.</param>
    /// <param name="settings">B, how depths share, and what shared layers are made of.</param>
    /// <exception cref="LayerToolException">B does not divide L.</exception>
    public static TieMap Create(int depths, TieSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Loops >= 1 && depths >= 1 && depths % settings.Loops == 0
            ? new TieMap(depths, settings.Loops, settings.Share, settings.Init)
            : throw new LayerToolException(
                $"{Counted.Of(depths, "layer")} cannot be split into {Counted.Of(settings.Loops, "loop")}",
                $"divisors: {string.Join(", ", Enumerable.Range(1, depths).Where(loops => depths % loops == 0))}");
    }

    /// <summary>The shared layer that a depth plays.</summary>
    public int SharedAt(int depth) => _share == TieShare.Cycle ? depth % SharedCount : depth / Loops;

    /// <summary>Which play of its shared layer a depth is, from 0.</summary>
    public int LoopAt(int depth) => _share == TieShare.Cycle ? depth / SharedCount : depth % Loops;

    /// <summary>The depths that play a shared layer, in order.</summary>
    public ImmutableArray<int> DepthsOf(int shared) =>
        [.. Enumerable.Range(0, Loops).Select(loop => _share == TieShare.Cycle ? shared + (loop * SharedCount) : (shared * Loops) + loop)];

    /// <summary>The depths whose layers a shared layer is made of: the mean of them, or the one.</summary>
    public ImmutableArray<int> SourcesOf(int shared) => _init switch
    {
        TieInit.Average => DepthsOf(shared),
        TieInit.Lower => [shared],
        _ => [SharedCount == 1 ? 0 : shared * (Depths - 1) / (SharedCount - 1)], // keeps both ends
    };
}
