using System.Text;
using LayerTool.Faults;

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
    private const long MaxFileBytes = 16L << 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

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
        return new PlanJsonReader(file).Read(json);
    }

    /// <summary>Reads a plan file.</summary>
    /// <exception cref="LayerToolException">The file cannot be read, or is no plan file.</exception>
    public static PlanFile ReadFile(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MaxFileBytes)
            {
                throw new LayerToolException($"{path}: the file is {stream.Length >> 20} MB, a plan file has at most {MaxFileBytes >> 20} MB");
            }

            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return Read(Utf8.GetString(bytes).TrimStart('\uFEFF'), path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LayerToolException($"{path}: the plan file cannot be read: {fault.Message}", innerException: fault);
        }
        catch (DecoderFallbackException fault)
        {
            throw new LayerToolException($"{path}: the file is not text in UTF-8", "a plan file is JSON", fault);
        }
    }

    /// <summary>Writes a plan file; it is complete before it has its name.</summary>
    /// <param name="plan">What to write.</param>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="overwrite">Whether an existing file is replaced.</param>
    /// <exception cref="LayerToolException">The file exists, or cannot be written.</exception>
    public static void WriteFile(PlanFile plan, string path, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        byte[] bytes = Utf8.GetBytes(Write(plan));
        if (bytes.Length > MaxFileBytes)
        {
            throw new LayerToolException($"{path}: the plan file would have {bytes.Length >> 20} MB, it has at most {MaxFileBytes >> 20} MB");
        }

        OutputFile.Check(path, overwrite);
        string aside = path + ".part";
        try
        {
            File.WriteAllBytes(aside, bytes);
            File.Move(aside, path, overwrite);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(aside))
            {
                File.Delete(aside);
            }

            throw new LayerToolException($"{path}: the plan file cannot be written: {fault.Message}", innerException: fault);
        }
    }
}
