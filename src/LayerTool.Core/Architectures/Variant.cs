namespace LayerTool.Architectures;

/// <summary>A form of a family that a key of config.json chooses.</summary>
/// <param name="Key">The key.</param>
/// <param name="Applies">Whether it chooses the form.</param>
/// <param name="Change">What is other than in the family's row.</param>
internal sealed record Variant(string Key, Func<ConfigJson, bool> Applies, Func<ArchitectureSpec, ArchitectureSpec> Change)
{
    /// <summary>The form where a flag is true.</summary>
    public static Variant WhenTrue(string key, Func<ArchitectureSpec, ArchitectureSpec> change, bool absent = false) =>
        new(key, config => config.Flag(key) ?? absent, change);

    /// <summary>The form where a flag is false.</summary>
    public static Variant WhenFalse(string key, Func<ArchitectureSpec, ArchitectureSpec> change, bool absent = true) =>
        new(key, config => !(config.Flag(key) ?? absent), change);

    /// <summary>The form where a number has a value.</summary>
    public static Variant WhenNumber(string key, int value, Func<ArchitectureSpec, ArchitectureSpec> change) =>
        new(key, config => config.Index(key) == value, change);
}
