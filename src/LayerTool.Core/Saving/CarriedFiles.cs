using System.Collections.Immutable;
using LayerTool.Faults;

namespace LayerTool.Saving;

/// <summary>Which files of a checkpoint travel with its copy unchanged: all but weights, what describes them, and what is written anew.</summary>
internal static class CarriedFiles
{
    private const int PieceBytes = 1 << 18;

    private static readonly ImmutableHashSet<string> WeightExtensions =
    [
        ".safetensors", ".bin", ".gguf", ".pt", ".pth", ".ckpt", ".h5", ".msgpack", ".onnx", ".onnx_data", ".ot", ".npz", ".tflite", ".mlmodel",
    ];

    /// <summary>Written anew, or true of the source alone.</summary>
    private static readonly ImmutableHashSet<string> Replaced = ["config.json", "layertool.json"];

    /// <summary>Finds them.</summary>
    /// <param name="folder">Folder of the checkpoint.</param>
    /// <param name="tokenizerFolder">Folder that the tokenizer's files are taken from instead; null for the same.</param>
    /// <returns>The files, in the order of their names.</returns>
    /// <exception cref="LayerToolException">A folder cannot be listed.</exception>
    public static ImmutableArray<CarriedFile> Of(string folder, string? tokenizerFolder = null)
    {
        IEnumerable<CarriedFile> files = Reading(folder, () => Find(folder)).Select(name => new CarriedFile(name, folder));
        if (tokenizerFolder is not null)
        {
            IEnumerable<CarriedFile> others = Reading(tokenizerFolder, () => Find(tokenizerFolder)).Where(TokenizerFiles.Contains).Select(name => new CarriedFile(name, tokenizerFolder));
            files = files.Where(file => !TokenizerFiles.Contains(file.Name)).Concat(others);
        }

        return [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)];
    }

    /// <summary>Sum of the sizes of such files.</summary>
    /// <exception cref="LayerToolException">One of them cannot be looked at.</exception>
    public static long TotalBytes(ImmutableArray<CarriedFile> files) => files.Sum(file => Reading(file.Path, () => new FileInfo(file.Path).Length));

    /// <summary>Copies one of them. What fails in reading is told of the file itself, what fails in writing is the caller's to tell.</summary>
    /// <param name="file">Its full path.</param>
    /// <param name="copy">Where its bytes go.</param>
    /// <param name="cancellation">Looked at before each piece.</param>
    /// <exception cref="LayerToolException">The file cannot be read.</exception>
    public static void Copy(string file, Stream copy, CancellationToken cancellation)
    {
        using FileStream source = Reading(file, () => new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0));
        byte[] piece = new byte[PieceBytes];
        while (Reading(file, () => source.Read(piece)) is int count and > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            copy.Write(piece, 0, count);
        }
    }

    private static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LayerToolException($"{path}: cannot be read, and travels with the checkpoint: {fault.Message.TrimEnd('.')}", "take it out of the folder, or make it readable", fault);
        }
    }

    private static ImmutableArray<string> Find(string folder)
    {
        ImmutableArray<string> names = Names(folder);
        bool recorded = names.Contains("expected.safetensors");

        // Mistral's own format lies beside the other one: loaders that find its params.json read those weights first.
        bool twoFormats = names.Any(name => name.StartsWith("consolidated", StringComparison.Ordinal));
        IEnumerable<string> files = names.Where(name =>
            !Replaced.Contains(name)
            && !IsWeights(name)
            && !(recorded && name == "expected.json")
            && !(name == "params.json")
            && !(twoFormats && name == "tekken.json" && names.Contains("tokenizer.json")));
        IEnumerable<string> below = Directory.EnumerateDirectories(folder)
            .Select(path => Path.GetFileName(path)!)
            .Where(name => name[0] != '.' && name != "original")
            .SelectMany(name => Below(folder, name));
        return [.. files.Concat(below).Order(StringComparer.Ordinal)];
    }

    /// <summary>A folder with weights in it is another checkpoint, and stays.</summary>
    private static IEnumerable<string> Below(string folder, string name)
    {
        EnumerationOptions options = new() { RecurseSubdirectories = true, MaxRecursionDepth = 4, AttributesToSkip = FileAttributes.Hidden };
        List<string> files = [.. Directory.EnumerateFiles(Path.Combine(folder, name), "*", options)];
        return files.Any(IsWeights) ? [] : files.Select(file => Path.GetRelativePath(folder, file));
    }

    private static ImmutableArray<string> Names(string folder) =>
        [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!).Where(name => name[0] != '.')];

    private static bool IsWeights(string path) =>
        WeightExtensions.Contains(Path.GetExtension(path))
        || path.EndsWith(".index.json", StringComparison.Ordinal)
        || Path.GetFileName(path).StartsWith("consolidated", StringComparison.Ordinal);
}
