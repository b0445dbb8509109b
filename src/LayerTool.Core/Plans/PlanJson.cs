using System.Text;
using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Plans;

/// <summary>
/// The file form of a plan, JSON of schema <c>layertool.plan/1</c>. The slots are the truth; the notation beside them is for people
/// and may stand alone in a file written by hand. Reading a file that LayerTool wrote and writing it again gives the same bytes.
/// </summary>
public static class PlanJson
{
    /// <summary>The schema that is written and read.</summary>
    public const string Schema = "layertool.plan/1";

    // 65,536 slots take 4 MB; parsing needs up to twenty times the file.
    internal const long MaxFileBytes = 16L << 20;

    /// <summary>The text of a plan file, with LF at each line's end.</summary>
    public static string Write(PlanFile plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        PlanCheck.CheckShape(plan.Plan);
        return PlanJsonWriter.Write(plan);
    }

    /// <summary>Reads a plan file's text and checks all of it.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">Where it comes from, for messages.</param>
    /// <exception cref="LayerToolException">The text is no plan file of this schema; the key and what is wrong are named.</exception>
    public static PlanFile Read(string json, string file)
    {
        ArgumentNullException.ThrowIfNull(json);
        return new PlanJsonReader(file).Read(Encoding.UTF8.GetBytes(json));
    }

    /// <summary>Reads a plan file.</summary>
    /// <exception cref="LayerToolException">The file cannot be read, or is no plan file.</exception>
    public static PlanFile ReadFile(string path)
    {
        return new PlanJsonReader(path).Read(GuardedJson.ReadBytes(path, PlanJsonReader.Limits));
    }

    /// <summary>Writes a plan file; it is complete before it has its name.</summary>
    /// <param name="plan">What to write.</param>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="overwrite">Whether an existing file is replaced.</param>
    /// <exception cref="LayerToolException">The file exists, or cannot be written.</exception>
    public static void WriteFile(PlanFile plan, string path, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        string text = Write(plan);
        int bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > MaxFileBytes)
        {
            throw FileFault.TooLarge(path, bytes, MaxFileBytes, "make a plan of fewer slots or steps");
        }

        OutputFile.Check(path, overwrite);
        AsideFile.Write(path, text, overwrite);
    }
}
