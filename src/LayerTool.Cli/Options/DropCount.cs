namespace LayerTool.Cli.Options;

/// <summary>How many units a drop takes.</summary>
/// <param name="Number">That many; null for as many as the loss allows.</param>
internal sealed record DropCount(int? Number);
