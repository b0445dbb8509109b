using static TorchSharp.torch;

namespace LayerTool.Models;

/// <summary>
/// Where the new tokens of each row stand, when a row is not one text: several continuations of one beginning lie side by side in
/// it, and each token sees its own past alone.
/// </summary>
/// <param name="Positions">[B, T], int64: each token's position in its own text, the cached tokens counted.</param>
/// <param name="Seen">[B, T, T], bool: which of the row's new tokens each one sees, itself among them.</param>
/// <param name="Length">Largest position and one.</param>
internal sealed record TokenLayout(Tensor Positions, Tensor Seen, long Length);
