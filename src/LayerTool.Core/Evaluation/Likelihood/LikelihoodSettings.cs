namespace LayerTool.Evaluation.Likelihood;

/// <summary>How likelihoods are computed.</summary>
public sealed record LikelihoodSettings
{
    /// <summary>Rows that run side by side; null for as many as make a full batch and fit the memory.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Whether log-probabilities are taken in the model's own type, in place of float32.</summary>
    public bool SoftmaxInModelDtype { get; init; }
}
