namespace LayerTool.Evaluation.Likelihood;

/// <summary>What a run computed, and what it would have without sharing.</summary>
/// <param name="Tokens">Tokens that went through the model.</param>
/// <param name="TokensAlone">Tokens if each request had gone alone.</param>
/// <param name="LogitRows">Rows of logits that were made.</param>
public sealed record LikelihoodCost(long Tokens, long TokensAlone, long LogitRows);
