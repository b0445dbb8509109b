using System.Collections.Immutable;
using LayerTool.Faults;
using LayerTool.Safetensors;

namespace LayerTool.Checkpoints;

/// <summary>The weight files of a folder and the tensors that they hold.</summary>
/// <param name="Headers">Headers of the files, by file name.</param>
/// <param name="Tensors">Every tensor, by name.</param>
/// <param name="Index">The index, where the folder has one.</param>
/// <param name="Notes">What a user should know about the choice.</param>
internal sealed record WeightFiles(
    ImmutableArray<SafetensorsHeader> Headers,
    ImmutableSortedDictionary<string, TensorEntry> Tensors,
    ShardIndex? Index,
    ImmutableArray<string> Notes)
{
    public const string SingleFile = "model.safetensors";

    public const string ConvertHint = "only safetensors are read; save the model anew with transformers: `model.save_pretrained(folder, safe_serialization=True)`";

    private static readonly string[] PickledEndings = [".bin", ".pt", ".pth", ".ckpt"];

    /// <summary>Finds, opens and checks the weight files of a folder.</summary>
    /// <exception cref="LayerToolException">There are none, more than one set, or one is at fault.</exception>
    public static WeightFiles Open(string folder)
    {
        string indexFile = Path.Combine(folder, ShardIndex.FileName);
        bool hasIndex = File.Exists(indexFile);
        if (hasIndex && !File.Exists(Path.Combine(folder, SingleFile)))
        {
            return OpenShards(ShardIndex.Read(indexFile), []);
        }

        SafetensorsHeader header = SafetensorsHeader.Read(FindSingle(folder));
        ImmutableArray<string> notes = hasIndex ? [$"{ShardIndex.FileName} beside {SingleFile} is not read, as transformers does not read it"] : [];
        return new WeightFiles([header], header.Tensors.ToImmutableSortedDictionary(tensor => tensor.Name, tensor => tensor, StringComparer.Ordinal), null, notes);
    }

    private static WeightFiles OpenShards(ShardIndex index, ImmutableArray<string> notes)
    {
        string folder = Path.GetDirectoryName(index.File)!;
        List<SafetensorsHeader> headers = [];
        Dictionary<string, TensorEntry> stored = new(StringComparer.Ordinal);
        Dictionary<string, string> homes = new(StringComparer.Ordinal);
        foreach (string shard in index.Shards)
        {
            string file = Path.Combine(folder, Path.Combine(shard.Split('/')));
            if (!File.Exists(file))
            {
                throw new LayerToolException($"{index.File}: names the shard {Quoted.Text(shard)}, which is not in the folder", "fetch the missing file");
            }

            SafetensorsHeader header = SafetensorsHeader.Read(file);
            headers.Add(header);
            foreach (TensorEntry tensor in header.Tensors)
            {
                if (!stored.TryAdd(tensor.Name, tensor))
                {
                    throw new LayerToolException(
                        $"{index.File}: tensor {Quoted.Text(tensor.Name)} is in two shards, {Quoted.Text(homes[tensor.Name])} and {Quoted.Text(shard)}",
                        "fetch shards and index anew, all of one revision");
                }

                homes.Add(tensor.Name, shard);
            }
        }

        return new WeightFiles([.. headers], Mapped(index, stored, homes, out int unmapped), index, unmapped == 0
            ? notes
            : notes.Add($"{unmapped} tensors of the shards are not in {ShardIndex.FileName} and are left out"));
    }

    private static ImmutableSortedDictionary<string, TensorEntry> Mapped(
        ShardIndex index, Dictionary<string, TensorEntry> stored, Dictionary<string, string> homes, out int unmapped)
    {
        ImmutableSortedDictionary<string, TensorEntry>.Builder tensors = ImmutableSortedDictionary.CreateBuilder<string, TensorEntry>(StringComparer.Ordinal);
        foreach ((string name, string shard) in index.WeightMap)
        {
            if (!homes.TryGetValue(name, out string? home) || home != shard)
            {
                throw new LayerToolException(
                    $"{index.File}: tensor {Quoted.Text(name)} is said to be in {Quoted.Text(shard)}, {(home is null ? "which does not hold it" : $"but lies in {Quoted.Text(home)}")}",
                    "fetch shards and index anew, all of one revision");
            }

            tensors.Add(name, stored[name]);
        }

        unmapped = stored.Count - tensors.Count;
        return tensors.ToImmutable();
    }

    private static string FindSingle(string folder)
    {
        string single = Path.Combine(folder, SingleFile);
        if (File.Exists(single))
        {
            return single;
        }

        string[] candidates = [.. Directory.EnumerateFiles(folder, "*.safetensors").Select(Path.GetFileName).OfType<string>().Where(IsModel).Order(StringComparer.Ordinal)];
        return candidates switch
        {
            [string only] => Path.Combine(folder, only),
            [] => throw NoWeights(folder),
            _ => throw new LayerToolException(
                $"{folder}: has {candidates.Length} safetensors files ({string.Join(", ", candidates.Take(3))}{(candidates.Length > 3 ? ", …" : "")}) and no {ShardIndex.FileName} that says which belong together",
                "fetch the index, or keep one file alone"),
        };
    }

    /// <summary>Not reference outputs, not Mistral's second copy of the same weights, not adapters.</summary>
    private static bool IsModel(string name) =>
        name != "expected.safetensors" && !name.StartsWith("consolidated", StringComparison.Ordinal) && !name.StartsWith("adapter", StringComparison.Ordinal);

    private static LayerToolException NoWeights(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];
        if (files.FirstOrDefault(name => name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)) is string gguf)
        {
            return new LayerToolException(
                $"{folder}: has GGUF weights ({gguf}), which are not read: their layers are renamed, permuted and mostly quantised",
                "take the safetensors checkpoint that the GGUF file was made from");
        }

        if (files.FirstOrDefault(name => PickledEndings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))) is string pickled)
        {
            return new LayerToolException($"{folder}: has pickled weights ({pickled}), which are not read: unpickling runs whatever code is in the file", ConvertHint);
        }

        if (files.Contains("adapter_config.json") || files.Any(name => name.StartsWith("adapter", StringComparison.Ordinal)))
        {
            return new LayerToolException($"{folder}: holds an adapter and no model", "name the folder of its base model");
        }

        return files.FirstOrDefault(name => name.StartsWith("consolidated", StringComparison.Ordinal)) is string consolidated
            ? new LayerToolException($"{folder}: has its weights only in Mistral's own naming ({consolidated})", $"fetch the {SingleFile} or shards of the same repository")
            : new LayerToolException($"{folder}: has no safetensors weights", $"expected {SingleFile}, or {ShardIndex.FileName} and its shards");
    }
}
