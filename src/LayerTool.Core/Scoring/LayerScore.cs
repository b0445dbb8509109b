namespace LayerTool.Scoring;

/// <summary>
/// How much one layer changes the residual stream: 1 − cos between the stream before and behind, a mean over all tokens. 0 is
/// no change of direction, 2 the opposite direction; the lowest are the most redundant.
/// </summary>
/// <param name="Layer">The layer; in a plan, the slot's number.</param>
/// <param name="Attention">The attention half, residual included; null where there is none.</param>
/// <param name="Mlp">The MLP half, residual included; null where there is none.</param>
/// <param name="Block">The whole layer.</param>
public sealed record LayerScore(int Layer, double? Attention, double? Mlp, double Block);
