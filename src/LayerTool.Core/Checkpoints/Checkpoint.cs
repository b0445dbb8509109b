using System.Collections.Immutable;
using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Files;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>
/// A Hugging Face folder, opened: its config.json and where each tensor lies. Only headers are read; the weights are read by
/// whoever needs them (<see cref="TensorEntry"/> says where).
/// </summary>
public sealed class Checkpoint
{
    /// <summary>Name of the config in a checkpoint's folder.</summary>
    public const string ConfigFileName = "config.json";

    private static readonly JsonLimits ConfigLimits = new(1 << 24, Deepest: 64, Architectures.ConfigJson.OwnConfig);

    private readonly TextTower _tower;
    private readonly Lazy<ArchitectureSpec?> _architecture;
    private readonly Lazy<ModelConfig> _config;
    private readonly Lazy<LayerNaming> _layers;
    private readonly Lazy<ImmutableArray<string>> _notes;

    private Checkpoint(string folder, byte[] configBytes, JsonObject configJson, WeightFiles weights)
    {
        Folder = folder;
        ConfigBytes = configBytes;
        ConfigJson = configJson;
        Files = weights.Headers;
        Tensors = weights.Tensors;
        Index = weights.Index;
        _tower = TextTower.Of(configJson);
        _architecture = new Lazy<ArchitectureSpec?>(() => Family is ArchitectureSpec family ? Located(family) : null);
        _config = new Lazy<ModelConfig>(() => Located(ModelConfigReader.Read(configJson, ConfigFile)));
        _layers = new Lazy<LayerNaming>(() => LayerNaming.Find(this));
        _notes = new Lazy<ImmutableArray<string>>(() => [.. weights.Notes, .. Layers.Notes, .. CheckpointNotes.Of(this)]);
    }

    /// <summary>Full path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Full path of config.json.</summary>
    public string ConfigFile => Path.Combine(Folder, ConfigFileName);

    /// <summary>config.json as it stands; never changed.</summary>
    public JsonObject ConfigJson { get; }

    /// <summary>The bytes of config.json, for an output that keeps it as it is.</summary>
    public ReadOnlyMemory<byte> ConfigBytes { get; }

    /// <summary>The weight files, in the order of their names.</summary>
    public ImmutableArray<SafetensorsHeader> Files { get; }

    /// <summary>The index over several weight files; null for one file alone.</summary>
    public ShardIndex? Index { get; }

    /// <summary>Every tensor, by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary><c>model_type</c> of config.json, that of the family where the checkpoint is compact; null where it has none.</summary>
    public string? ModelType => CompactModel.FamilyOf(ConfigJson);

    /// <summary><c>model_type</c> of the text decoder: that of the checkpoint, or of the tower inside a multimodal one.</summary>
    public string? TextModelType => _tower.ModelType;

    /// <summary>Whether the text decoder is a tower inside a multimodal checkpoint.</summary>
    public bool IsWrapped => _tower.IsWrapped;

    /// <summary>The row of <see cref="KnownArchitectures"/> for the text decoder, with the names that its tensors have in this checkpoint; null for an unknown family.</summary>
    /// <exception cref="LayerToolException">config.json names an absurd number of layers.</exception>
    public ArchitectureSpec? Architecture => _architecture.Value;

    /// <summary>Whether config.json says that the weights are quantised: such a checkpoint is edited by whole layers, not run.</summary>
    public bool IsQuantized => _tower.Config["quantization_config"] is not null;

    /// <summary>Whether a head is stored, apart from the embedding; of an unknown family by the usual names.</summary>
    internal bool StoresHead => Architecture is ArchitectureSpec family
        ? Tensors.ContainsKey(family.Names.Head + ".weight")
        : Layers.AfterLayers.Any(tensor => tensor.Name.Contains("head", StringComparison.Ordinal) || tensor.Name.Contains("embed_out", StringComparison.Ordinal));

    /// <summary>The row of the table as it stands there.</summary>
    internal ArchitectureSpec? Family => TextModelType is string type ? KnownArchitectures.Find(type) : null;

    /// <summary>The text decoder's part of config.json; never changed.</summary>
    internal JsonObject TextConfig => _tower.Config;

    /// <summary>Whether it can be run: the family is known, the weights are plain, and config.json settles.</summary>
    public bool CanRun
    {
        get
        {
            try
            {
                return !IsQuantized && Architecture is not null && Config is not null;
            }
            catch (LayerToolException)
            {
                return false;
            }
        }
    }

    /// <summary>The settled config.</summary>
    /// <exception cref="LayerToolException">The family is unknown or config.json is at fault.</exception>
    public ModelConfig Config => _config.Value;

    /// <summary>Which tensor belongs to which layer; for unknown families too.</summary>
    /// <exception cref="LayerToolException">config.json names an absurd number of layers.</exception>
    public LayerNaming Layers => _layers.Value;

    /// <summary>A config of the family, with the names that tensors have in this checkpoint.</summary>
    internal ModelConfig Located(ModelConfig config) => config with { Architecture = Located(config.Architecture) };

    private ArchitectureSpec Located(ArchitectureSpec family) => Layers.Prefix is string prefix ? family with { Names = family.Names.Under(prefix, Tensors.ContainsKey) } : family;

    /// <summary>What a user should know before using the checkpoint, one sentence each.</summary>
    public ImmutableArray<string> Notes => _notes.Value;

    /// <summary>Opens a folder.</summary>
    /// <exception cref="LayerToolException">A file is missing or at fault.</exception>
    public static Checkpoint Open(string folder)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(path))
        {
            throw new LayerToolException($"{path}: is a file, expected the folder of a checkpoint", "name the folder that holds config.json");
        }

        if (!Directory.Exists(path))
        {
            throw new LayerToolException($"{path}: no such folder", "give the folder that holds config.json and the weights");
        }

        try
        {
            string config = Path.Combine(path, ConfigFileName);
            if (!File.Exists(config))
            {
                throw new LayerToolException($"{path}: has no {ConfigFileName}", "a checkpoint is a folder with config.json and safetensors weights");
            }

            (byte[] bytes, JsonObject json) = GuardedJson.ReadObject(config, ConfigLimits);
            return new Checkpoint(path, bytes, json, WeightFiles.Open(path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw FileFault.Unreadable(path, fault);
        }
    }

    /// <summary>A reader of the weights' bytes; the caller disposes it.</summary>
    public TensorReader OpenWeights() => new(Files);

    /// <inheritdoc />
    public override string ToString() => Folder;
}
