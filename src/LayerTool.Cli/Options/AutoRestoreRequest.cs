namespace LayerTool.Cli.Options;

/// <summary>How <c>restore --auto crc</c> chooses its range.</summary>
/// <param name="Prompts">File of prompts; null for the built-in ones.</param>
/// <param name="Template">File of a chat template, <c>none</c>, or null for the model's own.</param>
/// <param name="MinValidity">The part of the model's validity that a range has to keep.</param>
/// <param name="MaxWidth">Most layers of a range; null for any number.</param>
/// <param name="Soup">Whether mixtures of weights are scored, to compare with.</param>
/// <param name="Csv">File for the table of ranges, or null.</param>
/// <param name="HeatMap">File for the picture, or null.</param>
internal sealed record AutoRestoreRequest(string? Prompts, string? Template, double MinValidity, int? MaxWidth, bool Soup, string? Csv, string? HeatMap)
{
    /// <summary>What <see cref="Template"/> says where prompts are asked as they are.</summary>
    public const string NoTemplate = "none";
}
