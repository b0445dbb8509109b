using System.Collections;
using LayerTool.Faults;
using LayerTool.Plans;

namespace LayerTool.Checkpoints;

/// <summary>The checkpoints that a plan takes layers from, by name, in the order given; the first is <c>main</c>.</summary>
public sealed class CheckpointSet : IReadOnlyCollection<KeyValuePair<string, Checkpoint>>
{
    private readonly List<KeyValuePair<string, Checkpoint>> _sources = [];

    /// <summary>A set with one checkpoint, <c>main</c>.</summary>
    public CheckpointSet(Checkpoint main)
    {
        _sources.Add(new(LayerPlan.Main, main));
    }

    /// <summary>The main checkpoint.</summary>
    public Checkpoint Main => _sources[0].Value;

    /// <inheritdoc />
    public int Count => _sources.Count;

    /// <summary>The checkpoint of that name.</summary>
    /// <exception cref="LayerToolException">No such source; the message lists those there are.</exception>
    public Checkpoint this[string name] => Find(name) ?? throw new LayerToolException(
        $"the plan names the source `{name}`, the sources given are {string.Join(", ", _sources.Select(source => $"`{source.Key}`"))}",
        $"give it with `--source {name}=FOLDER`");

    /// <summary>The checkpoint of that name, or null.</summary>
    public Checkpoint? Find(string name)
    {
        foreach ((string key, Checkpoint checkpoint) in _sources)
        {
            if (key == name)
            {
                return checkpoint;
            }
        }

        return null;
    }

    /// <summary>Adds a source.</summary>
    /// <exception cref="LayerToolException">The name is taken.</exception>
    public void Add(string name, Checkpoint checkpoint)
    {
        if (Find(name) is not null)
        {
            throw new LayerToolException($"the source `{name}` is given twice", "name each source once with `--source NAME=MODEL`");
        }

        _sources.Add(new(name, checkpoint));
    }

    /// <summary>What each source offers to a plan, by name.</summary>
    public IReadOnlyDictionary<string, SourceLayers> Offers() => _sources.ToDictionary(
        source => source.Key,
        source => new SourceLayers([.. Enumerable.Range(0, source.Value.Layers.Count).Select(source.Value.Layers.Halves)]),
        StringComparer.Ordinal);

    /// <summary>The halves of a slot that run: those that it plays and that its layer has.</summary>
    /// <exception cref="LayerToolException">Its source or its layer is not there.</exception>
    public LayerHalves Halves(LayerSlot slot) =>
        this[slot.Source].Layers.Halves(slot.Layer)
        & ((slot.HasAttention ? LayerHalves.Attention : LayerHalves.None) | (slot.HasMlp ? LayerHalves.Mlp : LayerHalves.None));

    /// <summary>Checks that layers of a source may stand in the main checkpoint.</summary>
    /// <param name="name">Name of the source.</param>
    /// <param name="allowConfigMismatch">Whether differences of the config are accepted where the shapes fit.</param>
    /// <param name="howToAllow">How the user says so, for the hint.</param>
    /// <returns>What was compared; differences that were accepted are in it.</returns>
    /// <exception cref="LayerToolException">Every differing field, with both values.</exception>
    public LayerCompatibility CheckCompatible(
        string name, bool allowConfigMismatch = false, string howToAllow = LayerCompatibility.OptionToAllow)
    {
        LayerCompatibility compatibility = LayerCompatibility.Compare(Main, this[name]);
        compatibility.Require(allowConfigMismatch, howToAllow);
        return compatibility;
    }

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, Checkpoint>> GetEnumerator() => _sources.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
