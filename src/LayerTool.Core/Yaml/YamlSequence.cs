using System.Collections.Immutable;

namespace LayerTool.Yaml;

/// <summary>A list of values.</summary>
/// <param name="Items">The values, in order.</param>
/// <param name="Line">The line that it begins in, from 1.</param>
/// <param name="Tag">Its explicit tag, or null.</param>
public sealed record YamlSequence(ImmutableArray<YamlNode> Items, int Line, string? Tag = null) : YamlNode(Line, Tag)
{
    internal override int Size { get; } = 1 + Items.Sum(item => item.Size);
}
