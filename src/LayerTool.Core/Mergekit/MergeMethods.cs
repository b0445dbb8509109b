using LayerTool.Faults;

namespace LayerTool.Mergekit;

/// <summary>The methods of mergekit, and which verb does what they do.</summary>
internal static class MergeMethods
{
    /// <summary>Layers laid end to end: the method that is a plan.</summary>
    public const string Passthrough = "passthrough";

    private const string Fuse = "the verb `fuse` will do it";
    private const string Delta = "the verb `delta` will do it";
    private const string None = "no verb of LayerTool will do it";

    private static readonly Dictionary<string, string> Others = new(StringComparer.Ordinal)
    {
        ["linear"] = Fuse,
        ["task_arithmetic"] = Delta,
        ["arcee_fusion"] = None,
        ["breadcrumbs"] = None,
        ["breadcrumbs_ties"] = None,
        ["dare_linear"] = None,
        ["dare_ties"] = None,
        ["della"] = None,
        ["della_linear"] = None,
        ["karcher"] = None,
        ["model_stock"] = None,
        ["multislerp"] = None,
        ["nearswap"] = None,
        ["nuslerp"] = None,
        ["ram"] = None,
        ["ramplus_tl"] = None,
        ["sce"] = None,
        ["slerp"] = None,
        ["ties"] = None,
    };

    /// <summary>Refuses every method but passthrough.</summary>
    /// <param name="method">The method of the file.</param>
    /// <param name="where">File and line, for the message.</param>
    /// <exception cref="LayerToolException">Another method: it is named, with the verb that does it or the fact that none does.</exception>
    public static void Require(string method, string where)
    {
        if (method == Passthrough)
        {
            return;
        }

        throw Others.TryGetValue(method, out string? verb)
            ? new LayerToolException(
                $"{where}: the merge method is `{method}`, which computes new weights: {verb}",
                $"a plan of layers comes from `merge_method: {Passthrough}`")
            : new LayerToolException($"{where}: the merge method {Quoted.Text(method)} is not known", $"expected `merge_method: {Passthrough}`");
    }
}
