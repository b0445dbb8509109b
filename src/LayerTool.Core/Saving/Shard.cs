using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LayerTool.Saving;

/// <summary>One weight file of the output.</summary>
/// <param name="FileName">Its name.</param>
/// <param name="Tensors">The tensors in it.</param>
internal sealed record Shard(string FileName, ImmutableArray<OutputTensor> Tensors)
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    /// <summary>Deals tensors out in their order, so that a layer lies in as few files as can be.</summary>
    /// <param name="tensors">The tensors of the output.</param>
    /// <param name="limit">Largest sum of tensor bytes of a file; a tensor above it is alone.</param>
    public static ImmutableArray<Shard> Deal(ImmutableArray<OutputTensor> tensors, long limit)
    {
        List<ImmutableArray<OutputTensor>.Builder> piles = [];
        long bytes = 0;
        foreach (OutputTensor tensor in tensors)
        {
            if (piles.Count == 0 || bytes + tensor.ByteCount > limit)
            {
                piles.Add(ImmutableArray.CreateBuilder<OutputTensor>());
                bytes = 0;
            }

            piles[^1].Add(tensor);
            bytes += tensor.ByteCount;
        }

        return piles.Count == 1
            ? [new Shard("model.safetensors", piles[0].ToImmutable())]
            : [.. piles.Select((pile, index) => new Shard(
                string.Create(CultureInfo.InvariantCulture, $"model-{index + 1:D5}-of-{piles.Count:D5}.safetensors"),
                pile.ToImmutable()))];
    }

    /// <summary>The index over several files: which tensor lies in which.</summary>
    public static string Index(ImmutableArray<Shard> shards, SavePlan plan)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Indented))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("metadata");
            writer.WriteNumber("total_parameters", plan.TotalParameters);
            writer.WriteNumber("total_size", plan.TotalBytes);
            writer.WriteEndObject();
            writer.WriteStartObject("weight_map");
            foreach ((string name, string file) in shards
                .SelectMany(shard => shard.Tensors.Select(tensor => (tensor.Name, shard.FileName)))
                .OrderBy(pair => pair.Name, StringComparer.Ordinal))
            {
                writer.WriteString(name, file);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
