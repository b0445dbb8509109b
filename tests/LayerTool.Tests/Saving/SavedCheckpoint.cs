using LayerTool.Checkpoints;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Saving;
using LayerTool.Tests.Golden;
using LayerTool.Tests.Support;

namespace LayerTool.Tests.Saving;

/// <summary>A plan over a reference checkpoint, written to a folder of its own and opened again.</summary>
internal sealed class SavedCheckpoint : IDisposable
{
    private readonly TempFolder _folder = new();

    public SavedCheckpoint(CheckpointSet sources, LayerPlan plan, Func<SaveOptions, SaveOptions>? options = null)
    {
        SaveOptions plain = new(_folder.File("out"));
        Result = CheckpointSaver.Save(sources, plan, options?.Invoke(plain) ?? plain);
        Checkpoint = Checkpoint.Open(Result.Folder);
    }

    public SaveResult Result { get; }

    public Checkpoint Checkpoint { get; }

    /// <summary>The names that are left in the folder that holds the output.</summary>
    public IEnumerable<string> Beside => Directory.EnumerateFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)!);

    public byte[] Bytes(string tensor) => Bytes(Checkpoint, tensor);

    public string Text(string file) => File.ReadAllText(Path.Combine(Checkpoint.Folder, file));

    /// <summary>A checkpoint of golden/models with its donor, where it has one.</summary>
    public static CheckpointSet Golden(string model)
    {
        string folder = GoldenModels.Folder(model);
        CheckpointSet sources = new(Checkpoint.Open(folder));
        if (Directory.Exists(Path.Combine(folder, "donor")))
        {
            sources.Add("donor", Checkpoint.Open(Path.Combine(folder, "donor")));
        }

        return sources;
    }

    public static byte[] Bytes(Checkpoint checkpoint, string tensor)
    {
        using TensorReader reader = checkpoint.OpenWeights();
        return reader.ReadAll(checkpoint.Tensors[tensor]);
    }

    public void Dispose() => _folder.Dispose();
}
