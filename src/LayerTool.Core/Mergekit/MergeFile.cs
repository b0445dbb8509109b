using System.Collections.Immutable;
using LayerTool.Safetensors;

namespace LayerTool.Mergekit;

/// <summary>What a merge file of mergekit says, with the method <c>passthrough</c>: layers laid end to end.</summary>
public sealed class MergeFile
{
    internal MergeFile(string file, ImmutableArray<MergeSlice> slices, string? baseModel, TensorDtype? dtype, ImmutableArray<string> notes)
    {
        File = file;
        Slices = slices;
        BaseModel = baseModel;
        Dtype = dtype;
        Notes = notes;
    }

    /// <summary>Path of the file, as it was given.</summary>
    public string File { get; }

    /// <summary>The checkpoint that config and other files come from, or null.</summary>
    public string? BaseModel { get; }

    /// <summary>The type that tensors are written in; null for the type they are stored in.</summary>
    public TensorDtype? Dtype { get; }

    /// <summary>What the file says that changes nothing, one sentence each.</summary>
    public ImmutableArray<string> Notes { get; }

    /// <summary>The runs of layers; at least one.</summary>
    internal ImmutableArray<MergeSlice> Slices { get; }

    /// <summary>Reads a merge file. The checkpoints that it names are not opened.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="Faults.LayerToolException">It is no merge file, or asks for what a plan of layers is not.</exception>
    public static MergeFile Read(string file) => new MergeFileReader(file).Read();
}
