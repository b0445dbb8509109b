using LayerTool.Architectures;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Safetensors;

namespace LayerTool.Saving;

/// <summary>One source as the writer sees it: its config text, and its tensors layer by layer.</summary>
internal sealed class SaveSource
{
    private readonly Dictionary<int, IReadOnlyDictionary<string, TensorEntry>> _layers = [];

    public SaveSource(string name, Checkpoint checkpoint)
    {
        Name = name;
        Checkpoint = checkpoint;
        Config = DecoderConfig.Parse(checkpoint.ConfigBytes.Span, checkpoint.ConfigFile);
        Naming = checkpoint.Layers.Required(checkpoint.Folder);
    }

    /// <summary>Its name in the plan.</summary>
    public string Name { get; }

    public Checkpoint Checkpoint { get; }

    public DecoderConfig Config { get; }

    public LayerNaming Naming { get; }

    /// <summary>Its family, or null where unknown.</summary>
    public ArchitectureSpec? Architecture => Checkpoint.Architecture;

    /// <summary>Name of the embedding table, of a known family.</summary>
    public string EmbeddingName => Architecture!.Names.Embedding + ".weight";

    /// <summary>Name of the head, of a known family.</summary>
    public string HeadName => Architecture!.Names.Head + ".weight";

    /// <summary>Whether the file stores a head of its own.</summary>
    public bool HasHead => Checkpoint.StoresHead;

    /// <summary>Tensors of a layer by what follows its number.</summary>
    /// <exception cref="LayerToolException">There is no such layer.</exception>
    public IReadOnlyDictionary<string, TensorEntry> Layer(int layer)
    {
        if (!_layers.TryGetValue(layer, out IReadOnlyDictionary<string, TensorEntry>? tensors))
        {
            tensors = Naming.InLayer(layer).ToDictionary(tensor => Naming.Place(tensor.Name).Suffix);
            _layers.Add(layer, tensors);
        }

        return tensors;
    }

    /// <summary>
    /// The name of a tensor outside the layers in a source that may keep its decoder elsewhere: the same part of the same family.
    /// </summary>
    /// <param name="name">The name here.</param>
    /// <param name="other">The other source.</param>
    public string NameIn(SaveSource other, string name)
    {
        if (Architecture is not ArchitectureSpec here || other.Architecture is not ArchitectureSpec there)
        {
            return name;
        }

        // Only what stands in front of the common end of the two prefixes differs.
        string mine = here.Names.LayerPrefix, theirs = there.Names.LayerPrefix;
        int same = mine.Reverse().Zip(theirs.Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        if (name.StartsWith(here.Names.Head + ".", StringComparison.Ordinal))
        {
            return there.Names.Head + name[here.Names.Head.Length..];
        }

        if (name.StartsWith(mine[..^same], StringComparison.Ordinal))
        {
            return theirs[..^same] + name[(mine.Length - same)..];
        }

        return name;
    }

    /// <summary>A tensor outside the layers.</summary>
    /// <exception cref="LayerToolException">There is none of that name.</exception>
    public TensorEntry Required(string name) => Checkpoint.Tensors.TryGetValue(name, out TensorEntry? tensor)
        ? tensor
        : throw new LayerToolException($"{Checkpoint.Folder}: tensor {Quoted.Text(name)} is missing", "take the weights and their index from the same folder");
}
