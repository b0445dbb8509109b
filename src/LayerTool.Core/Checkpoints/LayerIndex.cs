using System.Globalization;
using LayerTool.Architectures;

namespace LayerTool.Checkpoints;

/// <summary>Reads the layer's number in a tensor's name.</summary>
internal static class LayerIndex
{
    private static readonly string[] Containers = ["layers", "layer", "h", "blocks", "block"];

    /// <summary>Words in the names of towers that are no language model.</summary>
    private static readonly string[] OtherTowers = ["vision", "visual", "audio", "image", "encoder", "mtp"];

    /// <summary>Splits a name such as <c>model.layers.12.mlp.up_proj.weight</c> behind a known prefix.</summary>
    public static bool TryRead(string name, string prefix, out int layer, out string suffix)
    {
        layer = -1;
        suffix = "";
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        int dot = name.IndexOf('.', prefix.Length);
        if (dot < 0 || !TryNumber(name.AsSpan(prefix.Length, dot - prefix.Length), out layer))
        {
            return false;
        }

        suffix = name[(dot + 1)..];
        return true;
    }

    /// <summary>
    /// The prefix under which the layers of the language model are, or null. Of several (towers of a multimodal model) the one
    /// with as many layers as config.json names, else the one with the most tensors.
    /// </summary>
    public static string? FindPrefix(IEnumerable<string> names, int? countOfConfig)
    {
        Dictionary<string, Candidate> candidates = new(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (OuterPrefix(name) is not string prefix || !TryRead(name, prefix, out int layer, out _))
            {
                continue;
            }

            if (!candidates.TryGetValue(prefix, out Candidate? candidate))
            {
                candidate = new Candidate(prefix);
                candidates.Add(prefix, candidate);
            }

            candidate.Tensors++;
            candidate.Layers.Add(layer);
        }

        return candidates.Values
            .Where(candidate => countOfConfig is not null || candidate.IsContiguous)
            .OrderByDescending(candidate => candidate.Layers.Count == countOfConfig)
            .ThenBy(candidate => OtherTowers.Any(word => candidate.Prefix.Contains(word, StringComparison.OrdinalIgnoreCase)))
            .ThenByDescending(candidate => candidate.Tensors)
            .ThenBy(candidate => candidate.Prefix, StringComparer.Ordinal)
            .FirstOrDefault()?.Prefix;
    }

    /// <summary>The name up to the first number that follows a word for a list of layers; experts inside are numbered too.</summary>
    private static string? OuterPrefix(string name)
    {
        int start = 0;
        while (name.IndexOf('.', start) is >= 0 and int dot)
        {
            int next = name.IndexOf('.', dot + 1);
            if (next < 0)
            {
                return null;
            }

            if (Array.Exists(Containers, word => name.AsSpan(start, dot - start).SequenceEqual(word)) && TryNumber(name.AsSpan(dot + 1, next - dot - 1), out _))
            {
                return name[..(dot + 1)];
            }

            start = dot + 1;
        }

        return null;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && number < ModelConfigReader.MostLayers
        && (text.Length == 1 || text[0] != '0');

    private sealed class Candidate(string prefix)
    {
        public string Prefix => prefix;

        public int Tensors { get; set; }

        public SortedSet<int> Layers { get; } = [];

        public bool IsContiguous => Layers.Min == 0 && Layers.Max == Layers.Count - 1;
    }
}
