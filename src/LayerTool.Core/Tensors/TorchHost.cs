using System.Collections.Immutable;
using LayerTool.Faults;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Tensors;

/// <summary>
/// Loads libtorch before anything of TorchSharp is touched, and sets device, threads and seed. What fails here is said in one
/// sentence with the loader's own reason.
/// </summary>
public static class TorchHost
{
    private static readonly Lock Loading = new();

    /// <summary>The folder that libtorch was loaded from; null before <see cref="Start"/>.</summary>
    public static string? LibraryFolder { get; private set; }

    /// <summary>Whether that is the one that came with the program.</summary>
    public static bool IsPackaged => LibraryFolder == NativeLibraries.PackagedFolder;

    /// <summary>Loads the native libraries and applies threads and seed.</summary>
    /// <exception cref="LayerToolException">A library does not load, or the device is not there.</exception>
    public static void Start(ComputeSettings settings)
    {
        Load(settings.Libtorch);
        if (settings.Threads is int threads)
        {
            int most = Math.Max(256, 4 * Environment.ProcessorCount);
            if (threads < 1 || threads > most)
            {
                throw new LayerToolException($"`--threads` is {threads}, expected 1 to {most}", $"this machine has {Environment.ProcessorCount} processors");
            }

            set_num_threads(threads);
        }

        // cuDNN's own default is the rounded product.
        backends.cuda.matmul.allow_tf32 = settings.Tf32;
        backends.cudnn.allow_tf32 = settings.Tf32;
        random.manual_seed(settings.Seed);
    }

    /// <summary>The torch devices that a text names.</summary>
    /// <param name="names">As <see cref="DeviceNames"/> says.</param>
    /// <exception cref="LayerToolException">Another name, or no such device.</exception>
    internal static ImmutableArray<Device> Devices(string names)
    {
        int count = cuda.is_available() ? cuda.device_count() : 0;
        if (names == DeviceNames.Auto)
        {
            return count == 0 ? [CPU] : [.. Enumerable.Range(0, count).Select(index => device(DeviceType.CUDA, index))];
        }

        ImmutableArray<int?> indices = DeviceNames.Parse(names) ?? throw new LayerToolException(
            $"`--device` is `{names}`, expected `auto`, `cpu`, `cuda`, `cuda:N`, or several with commas between", "`layertool info` lists the devices");
        return [.. indices.Select(index => index is null
            ? device(DeviceType.CPU)
            : index < count
                ? device(DeviceType.CUDA, index.Value)
                : throw new LayerToolException(
                    $"`--device {names}`: this libtorch sees {count} CUDA device(s)",
                    "on a machine with an NVIDIA driver, name a PyTorch's libraries with `--libtorch FOLDER` or use a build made with `-p:LayerToolCuda=true`; or `--device cpu`"))];
    }

    /// <summary>The type that weights stored as <paramref name="stored"/> are computed in, on all of several devices.</summary>
    internal static ScalarType Dtype(ComputeDtype dtype, ScalarType stored, ImmutableArray<Device> devices) => dtype switch
    {
        ComputeDtype.Float32 => ScalarType.Float32,
        ComputeDtype.BFloat16 => ScalarType.BFloat16,
        ComputeDtype.Float16 => ScalarType.Float16,
        _ when devices.All(device => device.type == DeviceType.CUDA) => stored,
        _ when stored == ScalarType.BFloat16 && ProcessorFeatures.Current.HasBFloat16Matrices => stored,
        _ => ScalarType.Float32,
    };

    private static void Load(string? asked)
    {
        lock (Loading)
        {
            if (LibraryFolder is not null)
            {
                return;
            }

            string folder = NativeLibraries.Load(asked);
            try
            {
                InitializeDeviceType(DeviceType.CPU);
            }
            catch (Exception fault) when (fault is TypeInitializationException or DllNotFoundException or NotSupportedException)
            {
                throw new LayerToolException(
                    $"libtorch does not load from {folder}: {fault.GetBaseException().Message}", "install layertool anew, or name another libtorch with `--libtorch FOLDER`", fault);
            }

            LibraryFolder = folder;
        }
    }
}
