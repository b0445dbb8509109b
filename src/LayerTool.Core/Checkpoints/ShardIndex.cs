using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Checkpoints;

/// <summary><c>model.safetensors.index.json</c>: which shard holds which tensor.</summary>
/// <param name="File">Full path of the index.</param>
/// <param name="WeightMap">Name of a tensor → name of its file, inside the index's folder.</param>
public sealed record ShardIndex(string File, ImmutableSortedDictionary<string, string> WeightMap)
{
    /// <summary>Name of the file in a checkpoint's folder.</summary>
    public const string FileName = "model.safetensors.index.json";

    private static readonly JsonLimits Limits = new(1 << 28, Deepest: 64, "take the index from the folder that the weights came from");

    /// <summary>Names of the shards, each once, in order.</summary>
    public ImmutableSortedSet<string> Shards { get; } = WeightMap.Values.ToImmutableSortedSet(StringComparer.Ordinal);

    /// <summary>Reads and checks an index; the shards are not opened.</summary>
    /// <exception cref="LayerToolException">The file is not an index, or names a file outside its folder.</exception>
    public static ShardIndex Read(string file)
    {
        string path = Path.GetFullPath(file);
        (_, JsonObject json) = GuardedJson.ReadObject(path, Limits);
        if (json["weight_map"] is not JsonObject map)
        {
            throw new LayerToolException($"{path}: `weight_map` is {(json.ContainsKey("weight_map") ? "not an object" : "missing")}", "fetch the index again");
        }

        ImmutableSortedDictionary<string, string>.Builder weights = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach ((string tensor, JsonNode? node) in map)
        {
            if (node is null || node.GetValueKind() != JsonValueKind.String)
            {
                throw new LayerToolException($"{path}: the file of tensor {Quoted.Text(tensor)} is not a string", Limits.Hint);
            }

            string shard = node.GetValue<string>();
            CheckInside(path, tensor, shard);
            weights.Add(tensor, shard);
        }

        return new ShardIndex(path, weights.ToImmutable());
    }

    /// <summary>A shard lies in the index's folder or in a folder below it, named with plain names and forward slashes.</summary>
    private static void CheckInside(string file, string tensor, string shard)
    {
        bool plain = shard.Split('/').All(part => part.Length > 0 && part is not ("." or "..") && !part.AsSpan().ContainsAny("\\:\0") && !part.EndsWith(' '));
        if (!plain)
        {
            throw new LayerToolException(
                $"{file}: tensor {Quoted.Text(tensor)} is said to be in {Quoted.Text(shard)}, which is not a file inside the folder",
                "an index that names files elsewhere is not opened: fetch it again from where the weights came from");
        }

        if (!shard.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            throw new LayerToolException(
                $"{file}: tensor {Quoted.Text(tensor)} is said to be in {Quoted.Text(shard)}, which is not a safetensors file",
                WeightFiles.ConvertHint);
        }
    }
}
