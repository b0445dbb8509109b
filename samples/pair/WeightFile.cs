using LayerTool.Safetensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LayerTool.Samples.Pair;

/// <summary>Writes model.safetensors of a folder anew.</summary>
internal static class WeightFile
{
    /// <summary>Writes tensors in float32 or bfloat16; those of a type that is not theirs are rounded to it.</summary>
    public static void Write(string folder, IReadOnlyDictionary<string, Tensor> tensors, ScalarType dtype)
    {
        string file = Path.Combine(folder, "model.safetensors");
        File.Delete(file);
        TensorDtype stored = dtype == ScalarType.BFloat16 ? TensorDtype.BF16 : TensorDtype.F32;
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            file, tensors.Select(tensor => new TensorDeclaration(tensor.Key, stored, [.. tensor.Value.shape])));
        foreach (TensorEntry due in writer.Tensors)
        {
            using DisposeScope scope = NewDisposeScope();
            writer.Write(tensors[due.Name].detach().to(dtype).contiguous().bytes);
        }

        writer.Finish();
    }
}
