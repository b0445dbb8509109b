namespace LayerTool.Tokenization.Templates.Values;

/// <summary>What <c>namespace()</c> makes: the one thing whose attributes a template may set.</summary>
internal sealed class NamespaceValue
{
    private readonly Dictionary<string, object?> _attributes = new(StringComparer.Ordinal);

    public object? this[string name]
    {
        set => _attributes[Checked(name)] = value;
    }

    public bool TryGet(string name, out object? value) => _attributes.TryGetValue(name, out value);

    private static string Checked(string name) => name.StartsWith('_')
        ? throw new TemplateFault("SecurityError", $"access to attribute '{name}' of 'Namespace' object is unsafe.")
        : name;
}
