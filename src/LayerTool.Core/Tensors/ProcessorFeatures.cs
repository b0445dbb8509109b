using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace LayerTool.Tensors;

/// <summary>
/// What this processor multiplies matrices with. A type without instructions of its own is computed far slower than float32.
/// Asks the processor itself, so that it costs nothing and needs no native library.
/// </summary>
/// <param name="Avx2">256-bit vectors.</param>
/// <param name="Avx512">512-bit vectors.</param>
/// <param name="Avx512BFloat16">Dot products of bfloat16.</param>
/// <param name="AmxBFloat16">Tiles of bfloat16.</param>
/// <param name="Neon">128-bit vectors of Arm.</param>
public sealed record ProcessorFeatures(bool Avx2, bool Avx512, bool Avx512BFloat16, bool AmxBFloat16, bool Neon)
{
    /// <summary>Those of the processor that this runs on.</summary>
    public static ProcessorFeatures Current { get; } = Detect();

    /// <summary>Whether bfloat16 is computed at least as fast as float32.</summary>
    public bool HasBFloat16Matrices => Avx512BFloat16 || AmxBFloat16;

    /// <summary>The instructions by their usual names, the oldest first.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            (bool Has, string Name)[] all = [(Neon, "neon"), (Avx2, "avx2"), (Avx512, "avx512"), (Avx512BFloat16, "avx512_bf16"), (AmxBFloat16, "amx_bf16")];
            return [.. all.Where(feature => feature.Has).Select(feature => feature.Name)];
        }
    }

    private static ProcessorFeatures Detect()
    {
        bool avx512 = Avx512F.IsSupported && Avx512BW.IsSupported;
        bool avx512BFloat16 = false;
        bool amxBFloat16 = false;
        if (X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7)
        {
            (int lastSubleaf, _, _, int features) = X86Base.CpuId(7, 0);
            amxBFloat16 = Bit(features, 22) && Bit(features, 24); // AMX-BF16 and AMX-TILE
            avx512BFloat16 = avx512 && lastSubleaf >= 1 && Bit(X86Base.CpuId(7, 1).Eax, 5);
        }

        return new ProcessorFeatures(System.Runtime.Intrinsics.X86.Avx2.IsSupported, avx512, avx512BFloat16, amxBFloat16, AdvSimd.IsSupported);
    }

    private static bool Bit(int register, int index) => (register >> index & 1) == 1;
}
