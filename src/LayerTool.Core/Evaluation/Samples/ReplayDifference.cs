namespace LayerTool.Evaluation.Samples;

/// <summary>One request's likelihood in a file of samples and here.</summary>
/// <param name="Document">The document's row.</param>
/// <param name="Request">Number of the request.</param>
/// <param name="Logged">What was logged, in nats.</param>
/// <param name="Own">What came out here.</param>
public sealed record ReplayDifference(int Document, int Request, double Logged, double Own)
{
    /// <summary>How far they are apart.</summary>
    public double Size => Math.Abs(Own - Logged);
}
