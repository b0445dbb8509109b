using System.Collections.Immutable;
using LayerTool.Architectures;
using LayerTool.Python;

namespace LayerTool.Adapters;

/// <summary>Modules as a PEFT config names them: a list of last parts of their names, a regular expression for the whole name, or all linear maps.</summary>
internal sealed class ModuleNames
{
    private readonly ImmutableHashSet<string> _endings;
    private readonly PythonRegex? _expression;

    /// <summary>Reads a key that is there.</summary>
    public ModuleNames(ConfigJson raw, string key)
    {
        string? text = raw.IsText(key) ? raw.RequiredText(key) : null;
        NamesAllLinear = text == "all-linear";
        _endings = text is null ? [.. raw.Texts(key) ?? throw raw.Missing(key)] : [];
        _expression = text is null || NamesAllLinear ? null : new PythonRegex(text);
    }

    /// <summary>Whether every linear map but the head is meant.</summary>
    public bool NamesAllLinear { get; }

    /// <summary>Whether the names are last parts, rather than an expression.</summary>
    public bool AreEndings => !NamesAllLinear && _expression is null;

    /// <summary>Whether a list holds the whole name.</summary>
    public bool ListsWhole(string module) => _endings.Contains(module);

    /// <summary>Whether a list holds the name's end, or the expression is the whole name.</summary>
    public bool Match(string module) => _expression?.IsFullMatch(module) ?? Endings(module).Any(_endings.Contains);

    private static IEnumerable<string> Endings(string module)
    {
        yield return module;
        for (int dot = module.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = module.IndexOf('.', dot + 1))
        {
            yield return module[(dot + 1)..];
        }
    }
}
