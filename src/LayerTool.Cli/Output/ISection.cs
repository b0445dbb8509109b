namespace LayerTool.Cli.Output;

/// <summary>A part of a result: as text for people, as JSON for programs.</summary>
internal interface ISection
{
    /// <summary>What the JSON form holds: a record (or dictionary) whose properties become fields, in their order.</summary>
    object Json { get; }

    /// <summary>Writes the text form.</summary>
    void WriteText(ReportWriter writer);
}
