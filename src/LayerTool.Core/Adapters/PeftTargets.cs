using System.Collections.Immutable;
using System.Globalization;
using LayerTool.Python;

namespace LayerTool.Adapters;

/// <summary>Which modules a PEFT config gives updates, of which rank and scale: by PEFT's own rules, on the names that modules have there.</summary>
internal sealed class PeftTargets
{
    private readonly PeftConfig _config;
    private readonly ImmutableArray<(PythonRegex Name, double Value)> _ranks;
    private readonly ImmutableArray<(PythonRegex Name, double Value)> _alphas;
    private readonly ImmutableArray<PythonRegex> _layerOf;

    public PeftTargets(PeftConfig config)
    {
        _config = config;
        _ranks = [.. config.Ranks.Select(Pattern)];
        _alphas = [.. config.Alphas.Select(Pattern)];
        _layerOf = [.. (config.LayerWords.IsEmpty ? ["[^.]*"] : config.LayerWords).Select(word => new PythonRegex($@"\A.*\.{word}\.(\d+)\."))];
    }

    /// <summary>Whether the config names a module.</summary>
    /// <param name="module">Its name.</param>
    /// <param name="isLinear">Whether it is a linear map other than the head.</param>
    public bool Include(string module, bool isLinear)
    {
        if (_config.Excluded?.Match(module) == true)
        {
            return false;
        }

        ModuleNames targets = _config.Targets;
        if (targets.NamesAllLinear)
        {
            return isLinear && IsInLayer(module);
        }

        return targets.ListsWhole(module) || (targets.Match(module) && (!targets.AreEndings || IsInLayer(module)));
    }

    /// <summary>Rank of a module's update.</summary>
    public int Rank(string module) => (int)(Find(_ranks, module) ?? _config.Rank);

    /// <summary>What the product of a module's factors is multiplied by.</summary>
    public double Scale(string module) => Alpha(module) / (_config.ScalesByRoot ? Math.Sqrt(Rank(module)) : Rank(module));

    /// <summary>What it is before the division by the rank, or by its root.</summary>
    public double Alpha(string module) => Find(_alphas, module) ?? _config.Alpha;

    private bool IsInLayer(string module)
    {
        if (_config.Layers is not { IsEmpty: false } layers)
        {
            return true;
        }

        string? number = _layerOf.SelectMany(expression => expression.Matches(module)).FirstOrDefault()?.Groups[1].Value;
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) && layers.Contains(layer);
    }

    private static double? Find(ImmutableArray<(PythonRegex Name, double Value)> patterns, string module)
    {
        foreach ((PythonRegex name, double value) in patterns)
        {
            if (name.IsFullMatch(module))
            {
                return value;
            }
        }

        return null;
    }

    private static (PythonRegex Name, double Value) Pattern(KeyValuePair<string, double> pair) => (new PythonRegex($@"(.*\.)?({pair.Key})"), pair.Value);
}
