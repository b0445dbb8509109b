namespace LayerTool.Evaluation.Metrics;

/// <summary>What the model answered to one request.</summary>
/// <param name="LogLikelihood">Log-likelihood in nats; 0 where it wrote.</param>
/// <param name="IsGreedy">Whether each token is the model's own first choice.</param>
/// <param name="Tokens">Tokens that were predicted or written.</param>
/// <param name="Text">What it wrote, up to the stop string; null where it was asked for a likelihood.</param>
public sealed record RequestAnswer(double LogLikelihood, bool IsGreedy, int Tokens, string? Text = null);
