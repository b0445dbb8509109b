namespace LayerTool.Tying;

/// <summary>What sharing takes from one matrix, and what its update does not bring back. All are sums of squares of elements.</summary>
/// <param name="Depth">Where it is played.</param>
/// <param name="Module">The matrix: <c>mlp.up_proj</c>.</param>
/// <param name="Energy">‖W‖² of the matrix before.</param>
/// <param name="Residual">‖W − W'‖².</param>
/// <param name="Left">‖W − W' − B A‖².</param>
public sealed record TiedMatrix(int Depth, string Module, double Energy, double Residual, double Left);
