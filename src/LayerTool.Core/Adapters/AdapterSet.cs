using System.Collections;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;

namespace LayerTool.Adapters;

/// <summary>The adapters that a plan names. Each is held against a checkpoint when a slot of that checkpoint first names it.</summary>
public sealed class AdapterSet : IReadOnlyCollection<string>
{
    private readonly SortedDictionary<string, (PeftFolder Folder, int Range)> _adapters = new(StringComparer.Ordinal);
    private readonly Dictionary<(PeftFolder Folder, Checkpoint Source), BoundAdapter> _bound = [];

    /// <inheritdoc />
    public int Count => _adapters.Count;

    /// <summary>Adds an adapter.</summary>
    /// <param name="name">Its name in plans.</param>
    /// <param name="folder">The adapter.</param>
    /// <param name="range">Which of the runs of layers that it plays is meant: slots cannot say which copy of a layer they play.</param>
    /// <exception cref="LayerToolException">The name is taken, or there is no such run.</exception>
    public void Add(string name, PeftFolder folder, int range = 0)
    {
        if (_adapters.ContainsKey(name))
        {
            throw new LayerToolException($"the adapter `{name}` is given twice", "give each a name of its own: `--adapter NAME=FOLDER`");
        }

        if (range < 0 || range >= folder.RangeCount)
        {
            throw new LayerToolException($"{folder}: has no range {range}, its ranges of layers are 0 to {folder.RangeCount - 1}", "`layer_replication` in adapter_config.json lists them");
        }

        _adapters.Add(name, (folder, range));
    }

    /// <summary>Whether the adapters of another set may be told from these by their names: what both name is the same in both.</summary>
    public bool GoesWith(AdapterSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.All(name => !_adapters.TryGetValue(name, out (PeftFolder Folder, int Range) own)
            || other._adapters[name] is { Folder.Folder: string folder, Range: int range } && folder == own.Folder.Folder && range == own.Range);
    }

    /// <summary>Adds the adapters of another set; see <see cref="GoesWith"/>.</summary>
    /// <exception cref="LayerToolException">A name means another adapter here.</exception>
    public void AddAll(AdapterSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach ((string name, (PeftFolder folder, int range)) in other._adapters)
        {
            if (!_adapters.TryGetValue(name, out (PeftFolder Folder, int Range) own) || own.Folder.Folder != folder.Folder || own.Range != range)
            {
                Add(name, folder, range);
            }
        }
    }

    /// <summary>The adapter's folder and run of layers, or null where there is none of that name.</summary>
    public (PeftFolder Folder, int Range)? Find(string name) => _adapters.TryGetValue(name, out (PeftFolder, int) adapter) ? adapter : null;

    /// <summary>Holds an adapter against a checkpoint.</summary>
    /// <exception cref="LayerToolException">There is none of that name, or it does not fit.</exception>
    public BoundAdapter Bind(string name, Checkpoint source)
    {
        (PeftFolder folder, _) = Find(name) ?? throw new LayerToolException($"the adapter `{name}` is not given", $"give it with `--adapter {name}=FOLDER`");
        if (!_bound.TryGetValue((folder, source), out BoundAdapter? bound))
        {
            bound = folder.Bind(source);
            _bound.Add((folder, source), bound);
        }

        return bound;
    }

    /// <summary>Holds every adapter that a plan names against the checkpoints of the slots that name it.</summary>
    /// <exception cref="LayerToolException">One does not fit, or changes none of a slot's layers.</exception>
    public void Check(LayerPlan plan, CheckpointSet sources)
    {
        foreach ((string adapter, string source) in plan.AdaptedSources())
        {
            Bind(adapter, sources[source]);
        }
    }

    /// <inheritdoc />
    public IEnumerator<string> GetEnumerator() => _adapters.Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
