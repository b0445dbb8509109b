using System.Runtime.InteropServices;

namespace LayerTool.Tensors;

/// <summary>Asks NVIDIA's driver how much memory a device has left; libtorch's own answer is not reachable from here.</summary>
internal static class CudaMemory
{
    private delegate int Initialize(uint flags);

    private delegate int GetDevice(out int device, int index);

    private delegate int RetainContext(out nint context, int device);

    private delegate int PushContext(nint context);

    private delegate int PopContext(out nint context);

    private delegate int GetMemory(out nuint free, out nuint total);

    /// <summary>Free bytes of a device, numbered as libtorch numbers them; null where the driver does not say.</summary>
    public static long? FreeBytes(int index)
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out nint driver))
        {
            return null;
        }

        // The device's primary context is the one that libtorch computes in, so it is made only once, and stays.
        if (Find<Initialize>(driver, "cuInit") is not { } initialize || initialize(0) != 0
            || Find<GetDevice>(driver, "cuDeviceGet") is not { } getDevice || getDevice(out int device, index) != 0
            || Find<RetainContext>(driver, "cuDevicePrimaryCtxRetain") is not { } retain || retain(out nint context, device) != 0
            || Find<PushContext>(driver, "cuCtxPushCurrent_v2") is not { } push || push(context) != 0)
        {
            return null;
        }

        nuint free = 0;
        bool isKnown = Find<GetMemory>(driver, "cuMemGetInfo_v2")?.Invoke(out free, out _) == 0;
        Find<PopContext>(driver, "cuCtxPopCurrent_v2")?.Invoke(out _);
        return isKnown ? (long)free : null;
    }

    private static T? Find<T>(nint library, string name)
        where T : Delegate => NativeLibrary.TryGetExport(library, name, out nint address) ? Marshal.GetDelegateForFunctionPointer<T>(address) : null;
}
