using LayerTool.Faults;
using LayerTool.Files;

namespace LayerTool.Cli.Options;

/// <summary>A file of plans, one a line: notation or the path of a plan file; empty lines and those that begin with <c>#</c> say nothing.</summary>
internal static class PlanListFile
{
    /// <summary>Reads the plans.</summary>
    /// <exception cref="LayerToolException">The file cannot be read, or a line is no plan.</exception>
    public static IReadOnlyList<PlanText> Read(string file)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception fault) when (FileFault.IsOne(fault))
        {
            throw FileFault.Unreadable(file, fault);
        }

        List<PlanText> plans = [];
        for (int line = 0; line < lines.Length; line++)
        {
            string text = lines[line].Trim();
            if (text.Length > 0 && text[0] != '#')
            {
                try
                {
                    plans.Add(PlansOption.Parse(text));
                }
                catch (LayerToolException fault)
                {
                    throw new LayerToolException($"{file}, line {line + 1}: {fault.Message}", fault.Hint, fault);
                }
            }
        }

        return plans.Count > 0 ? plans : throw new LayerToolException($"{file}: holds no plan", "write one plan a line, such as `0-7, 9-11`");
    }
}
