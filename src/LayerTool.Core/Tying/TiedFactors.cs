using static TorchSharp.torch;

namespace LayerTool.Tying;

/// <summary>The update of one matrix at one depth, y = W' x + B (A x).</summary>
/// <param name="Depth">The depth.</param>
/// <param name="Suffix">The matrix.</param>
/// <param name="A">[rank, in], float32.</param>
/// <param name="B">[out, rank], float32.</param>
internal sealed record TiedFactors(int Depth, string Suffix, Tensor A, Tensor B) : IDisposable
{
    /// <inheritdoc />
    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }
}
