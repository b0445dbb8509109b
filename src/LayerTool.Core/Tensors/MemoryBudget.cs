using System.Globalization;
using LayerTool.Faults;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Tensors;

/// <summary>
/// Memory that may still be taken: what the system calls available, or what is left of the control group's limit where that is
/// less. <c>LAYERTOOL_MEMORY_LIMIT</c> (bytes) lowers it further.
/// </summary>
public static class MemoryBudget
{
    private const string LimitVariable = "LAYERTOOL_MEMORY_LIMIT";

    /// <summary>Bytes that may be taken; null where the system does not say.</summary>
    public static long? AvailableBytes()
    {
        long?[] limits = [SystemAvailable(), GroupAvailable(), Variable()];
        return limits.Min();
    }

    /// <summary>Bytes that a device has for a model; where nobody says, the same for each.</summary>
    internal static long RoomOn(Device device) =>
        (device.type == DeviceType.CPU ? AvailableBytes() : CudaMemory.FreeBytes(device.index)) ?? 1L << 30;

    /// <summary>Asks for the processor's memory before any of it is taken.</summary>
    /// <param name="need">What the run takes.</param>
    /// <param name="offloaded">What it takes with weights held one slot at a time; null where they are.</param>
    /// <exception cref="LayerToolException">There is less.</exception>
    internal static void Require(MemoryNeed need, MemoryNeed? offloaded)
    {
        if (AvailableBytes() is not long available || need.Total <= available)
        {
            return;
        }

        const string Others = "take a smaller batch or shorter sequences, compute in the file's own type (`--dtype bfloat16`), or use a machine with more memory";
        throw new LayerToolException(
            $"the run needs {Shown(need.Total)} of memory ({Shown(need.Weights)} of weights, {Shown(need.Cache)} of KV cache, {Shown(need.Batch)} for one batch), {Shown(available)} are available",
            offloaded?.Total <= available ? $"`--offload` holds the weights of one slot at a time and needs {Shown(offloaded.Total)}; or {Others}" : Others);
    }

    private static long? Variable() => Environment.GetEnvironmentVariable(LimitVariable) switch
    {
        null or "" => null,
        string text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) => limit,
        string text => throw new LayerToolException($"{LimitVariable} is `{text}`, expected a number of bytes", "write digits alone, or unset it"),
    };

    private static long? SystemAvailable()
    {
        const string Info = "/proc/meminfo";
        if (!File.Exists(Info))
        {
            GCMemoryInfo memory = GC.GetGCMemoryInfo();
            return memory.TotalAvailableMemoryBytes > 0 ? memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes : null;
        }

        foreach (string line in File.ReadLines(Info))
        {
            string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts is ["MemAvailable:", string kibibytes, ..] && long.TryParse(kibibytes, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                return number * 1024;
            }
        }

        return null;
    }

    // Control groups, version 2 (the own group and all above it) and 1; pages of files that can be dropped count as free.
    private static long? GroupAvailable()
    {
        long? least = Group("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes", "/sys/fs/cgroup/memory/memory.stat");
        for (string? group = OwnGroup(); group is not null; group = Path.GetDirectoryName(group))
        {
            string folder = "/sys/fs/cgroup" + group;
            long? here = Group(Path.Combine(folder, "memory.max"), Path.Combine(folder, "memory.current"), Path.Combine(folder, "memory.stat"));
            least = least is null || here < least ? here ?? least : least;
        }

        return least;
    }

    private static string? OwnGroup()
    {
        const string Groups = "/proc/self/cgroup";
        return File.Exists(Groups) ? File.ReadLines(Groups).FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?[3..] : null;
    }

    private static long? Group(string limitFile, string usedFile, string statFile)
    {
        if (Number(limitFile) is not long limit || Number(usedFile) is not long used)
        {
            return null;
        }

        long droppable = 0;
        if (File.Exists(statFile))
        {
            foreach (string line in File.ReadLines(statFile))
            {
                if (line.StartsWith("inactive_file ", StringComparison.Ordinal) && long.TryParse(line.AsSpan(14), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
                {
                    droppable = bytes;
                }
            }
        }

        return Math.Max(0, limit - used + droppable);
    }

    private static long? Number(string file)
    {
        try
        {
            return File.Exists(file) && long.TryParse(File.ReadAllText(file).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Shown(long bytes) => bytes switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:F1} GB"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F1} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:F1} kB"),
    };
}
