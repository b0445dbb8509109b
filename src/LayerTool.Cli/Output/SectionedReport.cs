namespace LayerTool.Cli.Output;

/// <summary>
/// A result that comes in parts, as the work goes on: the text of a part is shown at once, the JSON document holds them all and
/// is printed at the end.
/// </summary>
internal sealed class SectionedReport(Reporter reporter, string schema)
{
    private readonly OrderedDictionary<string, object> _sections = [];

    /// <summary>Adds a part; its text is shown now.</summary>
    /// <param name="name">Name of its field in the JSON document.</param>
    /// <param name="section">The part.</param>
    public void Add(string name, ISection section)
    {
        _sections.Add(name, section.Json);
        if (!reporter.Settings.Json)
        {
            reporter.ShowText(section);
        }
    }

    /// <summary>Prints the JSON document, where it is asked for.</summary>
    public void Finish()
    {
        if (reporter.Settings.Json)
        {
            reporter.Line(JsonReport.Write(schema, _sections));
        }
    }
}
