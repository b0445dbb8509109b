namespace LayerTool.Cli.Output;

/// <summary>How a long run shows how far it is.</summary>
internal enum ProgressStyle
{
    /// <summary>Not at all.</summary>
    Hidden,

    /// <summary>One line at the end of each phase that took more than a second.</summary>
    Plain,

    /// <summary>One line that is drawn again and again.</summary>
    Line,
}
