using System.Collections.Immutable;

namespace LayerTool.Saving;

/// <summary>Which files of a checkpoint travel with its copy unchanged: all but weights, what describes them, and what is written anew.</summary>
internal static class CarriedFiles
{
    private static readonly ImmutableHashSet<string> WeightExtensions =
    [
        ".safetensors", ".bin", ".gguf", ".pt", ".pth", ".ckpt", ".h5", ".msgpack", ".onnx", ".onnx_data", ".ot", ".npz", ".tflite", ".mlmodel",
    ];

    /// <summary>Written anew, or true of the source alone.</summary>
    private static readonly ImmutableHashSet<string> Replaced = ["config.json", "layertool.json"];

    /// <summary>Finds them.</summary>
    /// <param name="folder">Folder of the checkpoint.</param>
    /// <returns>Paths relative to the folder, in order.</returns>
    public static ImmutableArray<string> Of(string folder)
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
