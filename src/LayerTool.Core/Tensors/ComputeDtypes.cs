using System.Collections.Immutable;

namespace LayerTool.Tensors;

/// <summary>The names of the compute types, on the command line and in files.</summary>
public static class ComputeDtypes
{
    /// <summary>Every name and what it stands for.</summary>
    public static ImmutableArray<(string Name, ComputeDtype Dtype)> Names { get; } =
    [
        ("auto", ComputeDtype.Auto), ("float32", ComputeDtype.Float32), ("bfloat16", ComputeDtype.BFloat16), ("float16", ComputeDtype.Float16),
    ];

    /// <summary>The name of a type.</summary>
    public static string NameOf(ComputeDtype dtype) => Names.First(pair => pair.Dtype == dtype).Name;

    /// <summary>The type that a name stands for, or null.</summary>
    public static ComputeDtype? Find(string name) => Names.Where(pair => pair.Name == name).Select(pair => (ComputeDtype?)pair.Dtype).FirstOrDefault();
}
