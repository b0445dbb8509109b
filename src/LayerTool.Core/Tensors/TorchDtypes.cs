using LayerTool.Faults;
using LayerTool.Safetensors;
using static TorchSharp.torch;

namespace LayerTool.Tensors;

/// <summary>Which torch type a stored type is.</summary>
internal static class TorchDtypes
{
    /// <summary>The torch type of a tensor's elements.</summary>
    /// <exception cref="LayerToolException">The type cannot be computed with.</exception>
    public static ScalarType Of(TensorEntry entry) => Find(entry.Dtype) ?? throw new LayerToolException(
        $"{entry.File}: tensor `{entry.Name}` is stored as {entry.Dtype}, which LayerTool does not compute with",
        "edits of whole layers carry it byte for byte");

    /// <summary>The torch type, or null where torch here has none.</summary>
    public static ScalarType? Find(TensorDtype dtype) => dtype.Name switch
    {
        "F32" => ScalarType.Float32,
        "F16" => ScalarType.Float16,
        "BF16" => ScalarType.BFloat16,
        "F64" => ScalarType.Float64,
        "I64" => ScalarType.Int64,
        "I32" => ScalarType.Int32,
        "I16" => ScalarType.Int16,
        "I8" => ScalarType.Int8,
        "U8" => ScalarType.Byte,
        "BOOL" => ScalarType.Bool,
        _ => null,
    };

    /// <summary>The stored type of a torch type.</summary>
    public static TensorDtype Stored(ScalarType dtype) =>
        TensorDtype.All.First(stored => Find(stored) == dtype);
}
