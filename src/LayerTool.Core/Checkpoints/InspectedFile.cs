namespace LayerTool.Checkpoints;

/// <summary>A weight file.</summary>
/// <param name="Name">Its path inside the checkpoint's folder.</param>
/// <param name="Tensors">Number of tensors.</param>
/// <param name="Bytes">Its size.</param>
public sealed record InspectedFile(string Name, int Tensors, long Bytes);
