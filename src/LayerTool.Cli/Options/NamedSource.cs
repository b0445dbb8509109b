namespace LayerTool.Cli.Options;

/// <summary>A checkpoint that layers are taken from, or an adapter, as a command line names it.</summary>
/// <param name="Name">Its name in the plan.</param>
/// <param name="Model">A folder or a repository id.</param>
internal sealed record NamedSource(string Name, string Model);
