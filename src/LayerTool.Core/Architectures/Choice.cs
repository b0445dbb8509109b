namespace LayerTool.Architectures;

/// <summary>A yes or no that belongs to a family, or that config.json may say.</summary>
/// <param name="Key">The key; null where nothing in config.json decides it. A dot goes into an object.</param>
/// <param name="Default">What holds where the key is absent.</param>
public sealed record Choice(string? Key, bool Default)
{
    /// <summary>No, whatever config.json says.</summary>
    public static Choice Never { get; } = new(null, false);

    /// <summary>Yes, whatever config.json says.</summary>
    public static Choice Always { get; } = new(null, true);

    /// <summary>As the key says.</summary>
    public static Choice By(string key, bool absent = false) => new(key, absent);
}
