using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace LayerTool.Checkpoints;

/// <summary>A key in which two config.json differ.</summary>
/// <param name="Key">Its path, such as <c>rope_parameters.rope_theta</c>.</param>
/// <param name="Left">The first one's value as JSON; null where the key is absent.</param>
/// <param name="Right">The second one's value as JSON; null where the key is absent.</param>
public sealed record ConfigDifference(string Key, string? Left, string? Right)
{
    /// <summary>All differences, by key; objects are compared key by key, lists as wholes.</summary>
    public static ImmutableArray<ConfigDifference> Between(JsonObject left, JsonObject right)
    {
        ImmutableArray<ConfigDifference>.Builder found = ImmutableArray.CreateBuilder<ConfigDifference>();
        Compare(left, right, "", found);
        return found.DrainToImmutable();
    }

    private static void Compare(JsonObject left, JsonObject right, string path, ImmutableArray<ConfigDifference>.Builder found)
    {
        foreach (string key in left.Select(pair => pair.Key).Union(right.Select(pair => pair.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            JsonNode? first = left[key];
            JsonNode? second = right[key];
            if (first is JsonObject inner && second is JsonObject other)
            {
                Compare(inner, other, $"{path}{key}.", found);
            }
            else if (left.ContainsKey(key) != right.ContainsKey(key) || !JsonNode.DeepEquals(first, second))
            {
                found.Add(new ConfigDifference(path + key, Shown(left, key), Shown(right, key)));
            }
        }
    }

    private static string? Shown(JsonObject json, string key) => json.ContainsKey(key) ? json[key]?.ToJsonString() ?? "null" : null;
}
