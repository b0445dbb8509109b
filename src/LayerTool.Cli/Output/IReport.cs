namespace LayerTool.Cli.Output;

/// <summary>A result that a command prints: as text for people, as JSON for programs.</summary>
internal interface IReport
{
    /// <summary>Name and version of the JSON form, such as <c>layertool.info/1</c>.</summary>
    string Schema { get; }

    /// <summary>What the JSON document holds: a record (or dictionary) whose properties become its fields, in their order.</summary>
    object Json { get; }

    /// <summary>Writes the text form.</summary>
    void WriteText(ReportWriter writer);
}
