using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LayerTool.Faults;

namespace LayerTool.Tensors;

/// <summary>
/// Finds and loads libtorch and TorchSharp's own library, in the order in which they need each other: once a library is loaded,
/// the next ones use it, whatever lies beside them.
/// </summary>
internal static partial class NativeLibraries
{
    private const string Helper = "libLibTorchSharp.so";
    private const int ResolveAllNow = 2; // RTLD_NOW: what is missing is said here, not in the middle of a run

    // CUDA's are there in builds for it only.
    private static readonly (string Name, bool Required)[] Libtorch =
    [
        ("libc10.so", true), ("libtorch_cpu.so", true), ("libc10_cuda.so", false), ("libtorch_cuda.so", false), ("libtorch.so", true),
    ];

    /// <summary>The folder of the native libraries that came with the program.</summary>
    public static string PackagedFolder { get; } = FindPackaged();

    /// <summary>Loads the libraries.</summary>
    /// <param name="asked">Folder of another libtorch than the packaged one, or null.</param>
    /// <returns>The folder that libtorch is from.</returns>
    /// <exception cref="LayerToolException">A library is missing, of another processor or version, or does not load.</exception>
    public static string Load(string? asked)
    {
        string folder = asked is null ? PackagedFolder : Path.GetFullPath(asked);
        if (!OperatingSystem.IsLinux())
        {
            return asked is null ? folder : throw new LayerToolException("`--libtorch` works on Linux only", "leave it out: the packaged libtorch is used");
        }

        CheckHolds(folder, asked);
        foreach ((string name, _) in Libtorch.Where(library => File.Exists(Path.Combine(folder, library.Name))))
        {
            Open(Path.Combine(folder, name), $"{Path.Combine(folder, name)} does not load");
        }

        string helper = Path.Combine(PackagedFolder, Helper);
        Open(helper, asked is null ? $"{helper} does not load" : $"{Helper} does not load with the libtorch of {folder}");
        if (asked is not null)
        {
            RequireFrom(folder);
            KeepTorchSharpFromSearching();
        }

        return folder;
    }

    // A library without a name of its own (SONAME) does not serve those that need it: the loader then takes the packaged one.
    private static void RequireFrom(string folder)
    {
        HashSet<string> wanted = [.. Libtorch.Select(library => Path.Combine(folder, library.Name)).Where(File.Exists).Select(RealPath)];
        string? other = File.ReadLines("/proc/self/maps")
            .Select(line => line.IndexOf('/', StringComparison.Ordinal) is int start and >= 0 ? line[start..] : "")
            .FirstOrDefault(path => Libtorch.Any(library => library.Name == Path.GetFileName(path)) && !wanted.Contains(path));
        if (other is not null)
        {
            throw new LayerToolException(
                $"the libtorch folder {folder} is not the one that is used: {Helper} loaded {other} instead of the library there, which does not bear that name inside",
                "name the folder of an unchanged PyTorch installation");
        }
    }

    private static string RealPath(string file) => new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file;

    // TorchSharp looks for libtorch itself, would find the packaged one by its path, and a second libtorch ends the process. It asks
    // for these names before: libraries that bear them, and hold nothing, end its search.
    private static void KeepTorchSharpFromSearching()
    {
        string file = Path.GetTempFileName();
        try
        {
            foreach (string name in (string[])["torch_cpu.so", "torch_cuda.so"])
            {
                File.Delete(file); // a new file each time: the loader knows one that it has by its number
                File.WriteAllBytes(file, StubLibrary.Of(name, StubLibrary.X64));
                Open(file, $"{file} does not load");
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void CheckHolds(string folder, string? asked)
    {
        if (Libtorch.FirstOrDefault(library => library.Required && !File.Exists(Path.Combine(folder, library.Name))).Name is not string missing)
        {
            return;
        }

        throw asked is null
            ? new LayerToolException($"{folder} holds no {missing}: layertool was installed without libtorch", "name a folder that has it: `--libtorch FOLDER`, or LAYERTOOL_LIBTORCH")
            : new LayerToolException(
                Directory.Exists(folder) ? $"the libtorch folder {folder} holds no {missing}" : $"there is no libtorch folder {folder}",
                "name the folder of the libraries themselves, such as `torch/lib` of a PyTorch installation");
    }

    private static void Open(string path, string failure)
    {
        CheckProcessor(path);
        _ = LastError(); // found before it is needed: looking a function up clears what it says
        if (OpenLibrary(path, ResolveAllNow) == 0)
        {
            string reason = Marshal.PtrToStringUTF8(LastError()) ?? "the system gives no reason";
            int symbol = reason.IndexOf("undefined symbol", StringComparison.Ordinal);
            throw new LayerToolException(
                $"{failure}: {(symbol < 0 ? reason : reason[symbol..]).ReplaceLineEndings(" ")}",
                symbol < 0 ? "`ldd` on the file shows what it needs" : "that libtorch is of another version: those of PyTorch 2.10 and 2.11 fit");
        }
    }

    // The loader calls a library for another processor a file that is not there.
    private static void CheckProcessor(string path)
    {
        Span<byte> header = stackalloc byte[20];
        using (FileStream file = File.OpenRead(path))
        {
            if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.StartsWith("\u007fELF"u8))
            {
                throw new LayerToolException($"{path} is no library: it has no ELF header", "take the file from a whole installation of PyTorch");
            }
        }

        (ushort machine, string here) = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => ((ushort)62, "x86-64"),
            Architecture.Arm64 => ((ushort)183, "aarch64"),
            Architecture other => throw new LayerToolException($"there is no libtorch for {other}", "use a machine with an x86-64 processor"),
        };
        ushort found = BinaryPrimitives.ReadUInt16LittleEndian(header[18..]);
        if (found != machine)
        {
            string name = found switch { 62 => "x86-64", 183 => "aarch64", 3 => "x86", 40 => "arm", 21 => "ppc64", 243 => "riscv", _ => $"machine {found} of ELF" };
            throw new LayerToolException($"{path} is for another processor: {name}, expected {here}", "take the libraries of a PyTorch for this machine");
        }
    }

    private static string FindPackaged()
    {
        string root = AppContext.BaseDirectory;
        string native = Path.Combine(root, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        string portable = Path.Combine(root, "runtimes", "linux-x64", "native");
        return Path.TrimEndingDirectorySeparator(Directory.Exists(native) ? native : Directory.Exists(portable) ? portable : root);
    }

    // In the C library itself since glibc 2.34, reached through this name before and after.
    [LibraryImport("libdl.so.2", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenLibrary(string path, int mode);

    [LibraryImport("libdl.so.2", EntryPoint = "dlerror")]
    private static partial nint LastError();
}
