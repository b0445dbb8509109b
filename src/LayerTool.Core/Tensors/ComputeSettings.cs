namespace LayerTool.Tensors;

/// <summary>The type that a model is computed in.</summary>
public enum ComputeDtype
{
    /// <summary>
    /// On CUDA the file's type; on a CPU the file's where the processor has matrix instructions for it (avx512_bf16, amx), else float32.
    /// </summary>
    Auto,

    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>bfloat16.</summary>
    BFloat16,

    /// <summary>IEEE half precision.</summary>
    Float16,
}

/// <summary>Where and how a model is computed, as the command line says it.</summary>
/// <param name="Device"><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
/// <param name="Dtype">Type of weights and activations.</param>
/// <param name="Threads">Threads of the CPU; null for torch's own choice.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Libtorch">Folder of another libtorch than the packaged one, such as <c>torch/lib</c> of a PyTorch; or null.</param>
public sealed record ComputeSettings(
    string Device = "cpu", ComputeDtype Dtype = ComputeDtype.Auto, int? Threads = null, long Seed = 0, string? Libtorch = null);
