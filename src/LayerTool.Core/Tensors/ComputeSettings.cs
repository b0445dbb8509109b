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
/// <param name="Device"><c>cpu</c>, <c>cuda</c>, <c>cuda:N</c>, several with commas between, or <c>auto</c> (<see cref="DeviceNames"/>).</param>
/// <param name="Dtype">Type of weights and activations.</param>
/// <param name="Threads">Threads of the CPU; null for torch's own choice.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Libtorch">Folder of another libtorch than the packaged one, such as <c>torch/lib</c> of a PyTorch; or null.</param>
/// <param name="Offload">Whether weights are held one slot at a time, read from the mapped files anew in each pass.</param>
/// <param name="Tf32">Whether products of float32 may be rounded to TF32 on CUDA.</param>
public sealed record ComputeSettings(
    string Device = "cpu",
    ComputeDtype Dtype = ComputeDtype.Auto,
    int? Threads = null,
    long Seed = 0,
    string? Libtorch = null,
    bool Offload = false,
    bool Tf32 = false);
