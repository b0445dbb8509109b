using System.Collections.Immutable;

namespace LayerTool.Yaml;

/// <summary>Values by name, in the order of the file. Names are scalars and stand once.</summary>
/// <param name="Entries">Names and values.</param>
/// <param name="Line">The line that it begins in, from 1.</param>
/// <param name="Tag">Its explicit tag, or null.</param>
public sealed record YamlMapping(ImmutableArray<KeyValuePair<string, YamlNode>> Entries, int Line, string? Tag = null) : YamlNode(Line, Tag)
{
    /// <summary>The value of that name; null where there is none.</summary>
    public YamlNode? this[string name]
    {
        get
        {
            foreach ((string key, YamlNode value) in Entries)
            {
                if (key == name)
                {
                    return value;
                }
            }

            return null;
        }
    }

    internal override int Size { get; } = 1 + Entries.Sum(entry => 1 + entry.Value.Size);
}
