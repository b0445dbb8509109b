using LayerTool.Tensors;

namespace LayerTool.Verification;

/// <summary>
/// How far a tensor may be from its reference. In float32 the largest difference counts, as it stands. In 16 bits both the root
/// mean square and the largest difference count, divided by the standard deviation of the reference.
/// </summary>
/// <param name="Largest">Bound on the largest difference; infinite where it is not compared.</param>
/// <param name="Rms">Bound on the root mean square of the differences; infinite where it is not compared.</param>
/// <param name="IsRelative">Whether both are in units of the reference's standard deviation.</param>
public sealed record Tolerance(double Largest, double Rms, bool IsRelative)
{
    /// <summary>The bound for a tensor.</summary>
    /// <param name="name">Name in the reference file: its kind is what stands before the first dot.</param>
    /// <param name="dtype">The type that LayerTool computes in.</param>
    /// <param name="modelType">Of the checkpoint: routing of experts flips in 16 bits.</param>
    public static Tolerance For(string name, ComputeDtype dtype, string? modelType)
    {
        if (dtype == ComputeDtype.Float32)
        {
            return new Tolerance(1e-4, double.PositiveInfinity, IsRelative: false);
        }

        string kind = name.Split('.')[0];
        return kind switch
        {
            "embed" => new Tolerance(0.02, 0.005, IsRelative: true),
            "mlp" when modelType == "mixtral" => new Tolerance(double.PositiveInfinity, 0.15, IsRelative: true),
            "mlp" => new Tolerance(0.15, 0.04, IsRelative: true),
            _ => new Tolerance(0.15, 0.03, IsRelative: true),
        };
    }
}
