using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Checkpoints;

namespace LayerTool.Adapters;

/// <summary>
/// The tensors of a checkpoint by the names that PEFT may know them by: those of the file, those of the family's class, and those
/// of a text tower inside a multimodal class. Layers are numbered as the adapter plays them.
/// </summary>
internal sealed class BaseModules
{
    private static readonly string[] Towers = ["model.language_model.", "language_model.model."];

    private readonly ModelConfig _config;
    private readonly ImmutableArray<int> _layers; // of the checkpoint, by the adapter's number
    private readonly Dictionary<string, ExpectedTensor> _byName = new(StringComparer.Ordinal);

    /// <param name="source">The checkpoint.</param>
    /// <param name="layers">Its layers, as the adapter plays them.</param>
    public BaseModules(Checkpoint source, ImmutableArray<int> layers)
    {
        _layers = layers;
        _config = source.Config with { Layers = [.. layers.Select(layer => source.Config.Layers[layer])] };
        TensorNames own = _config.Architecture.Names;
        TensorNames family = ModelConfigReader.Read(source.ConfigJson, source.ConfigFile).Architecture.Names;
        ExpectedTensor[] tensors = [.. Tensors(own)];
        string words = family.LayerPrefix[(family.LayerPrefix.TrimEnd('.').LastIndexOf('.') + 1)..];
        foreach (TensorNames names in (TensorNames[])[own, family, .. source.IsWrapped ? Towers.Select(tower => family.Under(tower + words, _ => false)) : []])
        {
            foreach ((ExpectedTensor renamed, ExpectedTensor tensor) in Tensors(names).Zip(tensors))
            {
                _byName.TryAdd(renamed.Name, tensor);
            }
        }
    }

    /// <summary>Number of layers that the adapter plays.</summary>
    public int LayerCount => _layers.Length;

    /// <summary>A tensor by a name that PEFT may know it by, or null.</summary>
    public ExpectedTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Whether it is the embedding's table.</summary>
    public bool IsEmbedding(ExpectedTensor tensor) => tensor.Name == _config.Architecture.Names.Embedding + ".weight";

    /// <summary>Whether it is the head's matrix.</summary>
    public bool IsHead(ExpectedTensor tensor) => tensor.Name == _config.Architecture.Names.Head + ".weight";

    /// <summary>Whether a linear map's matrix is stored [in, out].</summary>
    public bool IsTransposed(ExpectedTensor tensor) => IsEmbedding(tensor) || (tensor.Layer is not null && _config.Architecture.TransposedWeights);

    /// <summary>The layer of the checkpoint that holds the tensor, or null outside the layers.</summary>
    public int? LayerOf(ExpectedTensor tensor) => tensor.Layer is int layer ? _layers[layer] : null;

    /// <summary>The tensor's name in the checkpoint.</summary>
    public string NameOf(ExpectedTensor tensor) => LayerOf(tensor) is int layer ? _config.Architecture.Names.InLayer(layer, Suffix(tensor)) : tensor.Name;

    /// <summary>The name of the same tensor of another layer, of one that PEFT knows by that name.</summary>
    public string Moved(string name, ExpectedTensor tensor, int layer) => MovedTo(name, tensor.Layer!.Value, Suffix(tensor), layer);

    /// <summary>A name of a layer's tensor or module, with another number.</summary>
    /// <param name="name">The name, which ends with number and suffix.</param>
    /// <param name="from">The number.</param>
    /// <param name="suffix">What stands behind it.</param>
    /// <param name="to">The number wanted.</param>
    public static string MovedTo(string name, int from, string suffix, int to) => FormattableString.Invariant($"{name[..^FormattableString.Invariant($"{from}.{suffix}").Length]}{to}.{suffix}");

    /// <summary>A layer's tensor's name behind the number.</summary>
    public string Suffix(ExpectedTensor tensor) => tensor.Name[_config.Architecture.Names.InLayer(tensor.Layer!.Value, "").Length..];

    // A tied head is the embedding's table, and a module of its own all the same.
    private IEnumerable<ExpectedTensor> Tensors(TensorNames names)
    {
        ModelConfig config = _config with { Architecture = _config.Architecture with { Names = names } };
        IEnumerable<ExpectedTensor> all = ExpectedTensors.For(config);
        return config.TiedEmbeddings ? all.Append(new ExpectedTensor(names.Head + ".weight", [config.VocabSize, config.EmbeddingWidth], TensorRole.AfterLayers, null)) : all;
    }
}
