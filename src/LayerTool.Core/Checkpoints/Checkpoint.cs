using System.Collections.Immutable;
using System.Text.Json.Nodes;
using LayerTool.Architectures;
using LayerTool.Faults;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>
/// A Hugging Face folder, opened: its config.json and where each tensor lies. Only headers are read; the weights are read by
/// whoever needs them (<see cref="TensorEntry"/> says where).
/// </summary>
public sealed class Checkpoint
{
    private readonly Lazy<ModelConfig> _config;

    private Checkpoint(string folder, JsonObject configJson, ImmutableArray<SafetensorsHeader> files)
    {
        Folder = folder;
        ConfigJson = configJson;
        Files = files;
        Tensors = files.SelectMany(file => file.Tensors).ToImmutableSortedDictionary(entry => entry.Name, entry => entry, StringComparer.Ordinal);
        _config = new Lazy<ModelConfig>(() => ModelConfigReader.Read(configJson, Path.Combine(folder, "config.json")));
    }

    /// <summary>Full path of the folder.</summary>
    public string Folder { get; }

    /// <summary>config.json as it stands; never changed.</summary>
    public JsonObject ConfigJson { get; }

    /// <summary>The weight files.</summary>
    public ImmutableArray<SafetensorsHeader> Files { get; }

    /// <summary>Every tensor, by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>The settled config.</summary>
    /// <exception cref="LayerToolException">The family is unknown or config.json is at fault.</exception>
    public ModelConfig Config => _config.Value;

    /// <summary>Opens a folder.</summary>
    /// <exception cref="LayerToolException">A file is missing or at fault.</exception>
    public static Checkpoint Open(string folder)
    {
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!.AsObject();
        return new Checkpoint(Path.GetFullPath(folder), config, [.. Directory.GetFiles(folder, "*.safetensors").Where(file => !file.EndsWith("expected.safetensors", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(SafetensorsHeader.Read)]);
    }
}
