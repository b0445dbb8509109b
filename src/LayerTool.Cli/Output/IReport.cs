namespace LayerTool.Cli.Output;

/// <summary>A result that a command prints whole.</summary>
internal interface IReport : ISection
{
    /// <summary>Name and version of the JSON form, such as <c>layertool.info/1</c>.</summary>
    string Schema { get; }
}
