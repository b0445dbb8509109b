using LayerTool.Checkpoints;
using LayerTool.Mergekit;

namespace LayerTool.Tests.Support;

/// <summary>Merge files of the reference data, whose paths count from the folder that holds the models.</summary>
internal static class MergeFiles
{
    private static string Root => SharedFiles.Find("golden");

    /// <summary>The text of a case with the paths written out.</summary>
    public static string Text(string name) => File.ReadAllText(SharedFiles.Find($"golden/mergekit/{name}/merge.yml")).Replace("./", Root + "/", StringComparison.Ordinal);

    /// <summary>The plan of a case.</summary>
    public static (MergeFile File, MergePlan Plan) Read(string name, TempFolder folder) => Parse(Text(name), folder);

    /// <summary>The plan of a text.</summary>
    public static (MergeFile File, MergePlan Plan) Parse(string text, TempFolder folder)
    {
        MergeFile file = MergeFile.Read(folder.Write("merge.yml", text));
        return (file, MergePlan.Of(file, Checkpoint.Open));
    }

    /// <summary>The checkpoints of a merge.</summary>
    public static CheckpointSet Sources(MergePlan plan)
    {
        CheckpointSet sources = new(plan.Sources[0].Checkpoint);
        foreach (MergeSource source in plan.Sources[1..])
        {
            sources.Add(source.Name, source.Checkpoint);
            sources.CheckCompatible(source.Name);
        }

        return sources;
    }
}
