namespace LayerTool.Cli.Options;

/// <summary>How a range of layers is chosen.</summary>
internal enum RangeMethod
{
    /// <summary>Not at all: layers are named.</summary>
    None,

    /// <summary>By the diversity of answers to prompts for random characters.</summary>
    Crc,
}
