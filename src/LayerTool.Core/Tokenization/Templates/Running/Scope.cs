using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>Names and their values; those that are not here are looked up in the scope around.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, object?> _names = new(StringComparer.Ordinal);

    /// <summary>The outermost scope.</summary>
    public Scope Root => outer?.Root ?? this;

    public object? this[string name]
    {
        get
        {
            for (Scope? scope = this; scope is not null; scope = scope.Outer)
            {
                if (scope._names.TryGetValue(name, out object? value))
                {
                    return value;
                }
            }

            return Undefined.Name(name);
        }

        set => _names[name] = value;
    }

    private Scope? Outer => outer;
}
