namespace LayerTool.Architectures;

/// <summary>A key of config.json that LayerTool runs with certain values only; absent and null are always among them.</summary>
/// <param name="Key">The key. A dot goes into an object.</param>
/// <param name="Allowed">The values, as JSON spells them.</param>
public sealed record FixedKey(string Key, params string[] Allowed);
