using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Safetensors;

namespace LayerTool.Adapters;

/// <summary>An adapter as PEFT saves it: a folder with adapter_config.json and adapter_model.safetensors. Only the header is read.</summary>
public sealed class PeftFolder
{
    /// <summary>Name of the weights in an adapter's folder.</summary>
    public const string WeightsFileName = "adapter_model.safetensors";

    private PeftFolder(string folder, PeftConfig config, SafetensorsHeader weights, ImmutableArray<PeftTensor> tensors)
    {
        Folder = folder;
        Config = config;
        Weights = weights;
        Tensors = tensors;
        Targets = new PeftTargets(config);
    }

    /// <summary>Full path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Its config.</summary>
    public PeftConfig Config { get; }

    /// <summary>Header of its weights.</summary>
    public SafetensorsHeader Weights { get; }

    /// <summary>Number of runs of the base's layers that it plays: 1 for the base as it is.</summary>
    public int RangeCount => Math.Max(1, Config.Replication.Length);

    internal ImmutableArray<PeftTensor> Tensors { get; }

    internal PeftTargets Targets { get; }

    /// <summary>Opens a folder.</summary>
    /// <exception cref="LayerToolException">It is no adapter, or says something that LayerTool does not apply.</exception>
    public static PeftFolder Open(string folder)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(path))
        {
            throw new LayerToolException($"{path}: no such folder", $"give the folder that holds {PeftConfig.FileName} and {WeightsFileName}");
        }

        string weights = Path.Combine(path, WeightsFileName);
        if (!File.Exists(weights))
        {
            throw Missing(path);
        }

        PeftConfig config = PeftConfig.ReadFolder(path);
        SafetensorsHeader header = SafetensorsHeader.Read(weights);
        if (header.Tensors.IsEmpty)
        {
            throw new LayerToolException($"{weights}: holds no tensors", "save the adapter again with PEFT");
        }

        return new PeftFolder(path, config, header, [.. header.Tensors.Select(entry => PeftTensor.Find(entry) ?? throw NotOurs(weights, entry))]);
    }

    /// <summary>Holds the adapter against a checkpoint.</summary>
    /// <exception cref="LayerToolException">It does not fit: every mismatch is named.</exception>
    public BoundAdapter Bind(Checkpoint source) => new AdapterBinder(this, source).Bind();

    /// <inheritdoc />
    public override string ToString() => Folder;

    private static LayerToolException Missing(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        if (files.Contains("adapter_model.bin"))
        {
            return new LayerToolException(
                $"{folder}: has pickled weights (adapter_model.bin), which are not read: unpickling runs whatever code is in the file",
                "save the adapter with `safe_serialization=True`");
        }

        return files.Contains(Checkpoint.ConfigFileName) && !files.Contains(PeftConfig.FileName)
            ? new LayerToolException($"{folder}: holds a model and no adapter", $"name a folder with {PeftConfig.FileName} and {WeightsFileName}")
            : new LayerToolException($"{folder}: has no {WeightsFileName}", $"an adapter is a folder with {PeftConfig.FileName} and {WeightsFileName}");
    }

    private static LayerToolException NotOurs(string file, TensorEntry entry) => new(
        $"{file}: the tensor {Quoted.Text(entry.Name)} is no part of a LoRA adapter, whose names are `{PeftTensor.Prefix}MODULE.lora_A.weight` and the like",
        "save the adapter with PEFT's `save_pretrained`");
}
