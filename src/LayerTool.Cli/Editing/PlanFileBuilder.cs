using System.Collections.Immutable;
using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Plans;

namespace LayerTool.Cli.Editing;

/// <summary>Makes the file form of an edited plan: with its sources, and the commands that led to it.</summary>
internal static class PlanFileBuilder
{
    /// <summary>The file form.</summary>
    /// <param name="model">The sources, and what was done before.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="arguments">The command line of this run, the verb first.</param>
    /// <param name="folder">Folder that the file will lie in: relative paths are written from there.</param>
    /// <param name="hash">Makes the hash of a source.</param>
    public static PlanFile Build(OpenModel model, LayerPlan plan, ImmutableArray<string> arguments, string folder, Func<Checkpoint, string> hash)
    {
        HashSet<string> used = [LayerPlan.Main, plan.EmbeddingSource, plan.HeadSource, .. plan.Slots.Select(slot => slot.Source)];
        return new PlanFile(plan)
        {
            Tool = $"layertool {ProductVersion.Text}",
            Sources = [.. model.Sources.Where(source => used.Contains(source.Key)).Select(source => Describe(model, source.Key, source.Value, folder, hash))],
            Adapters = model.Adapters.Where(name => plan.AdaptedSources().Any(used => used.Adapter == name)).ToImmutableSortedDictionary(
                name => name, name => Describe(model, name, folder), StringComparer.Ordinal),
            History = model.History.Add(new PlanHistoryEntry(arguments[0], arguments[1..])),
        };
    }

    private static PlanSource Describe(OpenModel model, string name, Checkpoint checkpoint, string folder, Func<Checkpoint, string> hash)
    {
        return new PlanSource(name, PathFrom(folder, model.Origins[name]), checkpoint.ModelType, hash(checkpoint), model.Mismatched.Contains(name));
    }

    // A second run of layers stands under the name of its adapter and a number: its folder is that of the first.
    private static PlanAdapter Describe(OpenModel model, string name, string folder)
    {
        (PeftFolder adapter, int range) = model.Adapters.Find(name)!.Value;
        string given = model.AdapterOrigins.GetValueOrDefault(name) ?? model.AdapterOrigins.Values.First(origin => Path.TrimEndingDirectorySeparator(Path.GetFullPath(origin)) == adapter.Folder);
        return new PlanAdapter(PathFrom(folder, given), range);
    }

    private static string PathFrom(string folder, string given)
    {
        bool isRelativeFolder = !Path.IsPathRooted(given) && Directory.Exists(given);
        return isRelativeFolder ? Path.GetRelativePath(folder, given).Replace('\\', '/') : given;
    }
}
