namespace LayerTool.Yaml;

/// <summary>One value of a YAML document: a <see cref="YamlScalar"/>, a <see cref="YamlSequence"/> or a <see cref="YamlMapping"/>.</summary>
/// <param name="Line">The line that it begins in, from 1.</param>
/// <param name="Tag">Its explicit tag, such as <c>!function</c>, or null.</param>
public abstract record YamlNode(int Line, string? Tag)
{
    /// <summary>How many values it holds, itself counted, where every alias is written out.</summary>
    internal abstract int Size { get; }
}
