namespace LayerTool.Cli.Options;

/// <summary>The type that log-probabilities are taken in.</summary>
internal enum SoftmaxDtype
{
    /// <summary>At least float32.</summary>
    Float32,

    /// <summary>That of the model, as the harness does by itself.</summary>
    Model,
}
