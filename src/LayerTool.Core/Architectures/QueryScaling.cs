namespace LayerTool.Architectures;

/// <summary>Queries grow with their position p, so that attention stays sharp over long texts: q · (1 + β ln(1 + ⌊(p + offset) / span⌋)).</summary>
/// <param name="Beta">β.</param>
/// <param name="Span">Positions of one step.</param>
/// <param name="Offset">Added to the position.</param>
/// <param name="UnrotatedOnly">Whether it is for the layers that turn no positions into their queries.</param>
public sealed record QueryScaling(double Beta, int Span, int Offset, bool UnrotatedOnly);
