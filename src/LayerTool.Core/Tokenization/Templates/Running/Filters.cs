using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>The filters by name.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Func<Evaluator, object?, Arguments, object?>> Table = new(
        [.. TextFilters.All, .. ValueFilters.All, .. ListFilters.All, .. SelectFilters.All], StringComparer.Ordinal);

    public static bool Has(string name) => Table.ContainsKey(name);

    public static object? Apply(Evaluator evaluator, string name, object? value, Arguments arguments)
    {
        evaluator.Budget.Step();
        return Table.TryGetValue(name, out Func<Evaluator, object?, Arguments, object?>? filter)
            ? filter(evaluator, value, arguments)
            : throw new TemplateFault("TemplateAssertionError", $"No filter named '{name}'.");
    }
}
