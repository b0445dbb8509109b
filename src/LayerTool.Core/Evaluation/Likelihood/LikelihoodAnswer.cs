namespace LayerTool.Evaluation.Likelihood;

/// <summary>How likely a continuation is.</summary>
/// <param name="LogLikelihood">Sum of its tokens' log-probabilities, in nats.</param>
/// <param name="IsGreedy">Whether each of its tokens is the model's own first choice.</param>
public readonly record struct LikelihoodAnswer(double LogLikelihood, bool IsGreedy);
