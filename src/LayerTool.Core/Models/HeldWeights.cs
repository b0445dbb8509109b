namespace LayerTool.Models;

/// <summary>
/// Which weights are loaded. Without offloading all that were ever needed; with it those of one place at a time, a layer or the ends,
/// freed as another is reached.
/// </summary>
/// <param name="sources">The sources by name.</param>
/// <param name="offload">Whether weights are offloaded.</param>
internal sealed class HeldWeights(IReadOnlyDictionary<string, SourceModel> sources, bool offload)
{
    private (SourceModel Source, int? Layer)? _here;

    /// <summary>Whether weights are offloaded.</summary>
    public bool Offloads => offload;

    /// <summary>Comes to a place; nothing of another one may be in use.</summary>
    /// <param name="source">The source.</param>
    /// <param name="layer">The layer, or null for what is before and after the layers.</param>
    public void Enter(SourceModel source, int? layer)
    {
        if (offload && _here != (source, layer))
        {
            Leave();
            _here = (source, layer);
        }
    }

    /// <summary>Frees what offloading holds.</summary>
    public void Leave()
    {
        if (_here is null)
        {
            return;
        }

        foreach (SourceModel source in sources.Values)
        {
            source.Release(); // all: a head that is tied is of another source than the norm in front of it may be
        }

        _here = null;
    }
}
