using System.Globalization;
using System.Text.Json;
using LayerTool.Safetensors;
using static TorchSharp.torch;

namespace LayerTool.Tying;

/// <summary>
/// An adapter folder that peft opens: the low-rank updates of some depths, for a base of which each is one layer. PEFT multiplies
/// by alpha / rank, which is 1 here, and so stands in the patterns of matrices whose rank is cut.
/// </summary>
/// <param name="plan">How the layers are tied.</param>
/// <param name="depths">The depth of each layer of the base.</param>
internal sealed class PeftOutput(TiePlan plan, IReadOnlyList<int> depths)
{
    private const string ConfigName = "adapter_config.json";
    private const string WeightsName = "adapter_model.safetensors";
    private const string Root = "base_model.model.";

    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    /// <summary>Bytes of the weights.</summary>
    public long Bytes => depths.Count * plan.Matrices.Sum(matrix => matrix.AdapterElements) * sizeof(float);

    /// <summary>Writes the folder.</summary>
    /// <param name="folder">The folder to make.</param>
    /// <param name="baseName">What the base is called.</param>
    /// <param name="weights">Where the factors come from.</param>
    /// <param name="cancellation">Looked at before each tensor.</param>
    public void Write(string folder, string baseName, TiedWeights weights, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        WriteWeights(Path.Combine(folder, WeightsName), weights, cancellation);
        using FileStream config = new(Path.Combine(folder, ConfigName), FileMode.CreateNew, FileAccess.Write);
        using Utf8JsonWriter writer = new(config, Indented);
        WriteConfig(writer, baseName);
    }

    private void WriteWeights(string file, TiedWeights weights, CancellationToken cancellation)
    {
        Dictionary<string, (int Depth, TiedTensor Matrix, bool IsA)> tensors = new(StringComparer.Ordinal);
        List<TensorDeclaration> declared = [];
        for (int layer = 0; layer < depths.Count; layer++)
        {
            foreach (TiedTensor matrix in plan.Matrices)
            {
                string module = string.Create(CultureInfo.InvariantCulture, $"{Root}{plan.ModulePrefix}{layer}.{matrix.Module}");
                declared.Add(new TensorDeclaration($"{module}.lora_A.weight", TensorDtype.F32, [matrix.Rank, matrix.Inputs]));
                declared.Add(new TensorDeclaration($"{module}.lora_B.weight", TensorDtype.F32, [matrix.Outputs, matrix.Rank]));
                tensors.Add(declared[^2].Name, (depths[layer], matrix, true));
                tensors.Add(declared[^1].Name, (depths[layer], matrix, false));
            }
        }

        using SafetensorsWriter writer = SafetensorsWriter.Create(file, declared);
        foreach (TensorEntry due in writer.Tensors)
        {
            cancellation.ThrowIfCancellationRequested();
            (int depth, TiedTensor matrix, bool isA) = tensors[due.Name];
            TiedFactors factors = weights.Factors(depth, matrix.Suffix);
            Tensor factor = isA ? factors.A : factors.B;
            writer.Write(factor.bytes);
        }

        writer.Finish();
    }

    private void WriteConfig(Utf8JsonWriter writer, string baseName)
    {
        int rank = plan.Matrices.Max(matrix => matrix.Rank);
        writer.WriteStartObject();
        writer.WriteString("peft_type", "LORA");
        writer.WriteString("task_type", "CAUSAL_LM");
        writer.WriteString("base_model_name_or_path", baseName);
        writer.WriteNull("revision");
        writer.WriteBoolean("inference_mode", true);
        writer.WriteNumber("r", rank);
        writer.WriteNumber("lora_alpha", rank);
        writer.WriteNumber("lora_dropout", 0.0);
        writer.WriteString("bias", "none");
        writer.WriteBoolean("fan_in_fan_out", plan.Matrices.Any(matrix => matrix.IsTransposed));
        writer.WriteBoolean("use_rslora", false);
        writer.WriteBoolean("use_dora", false);
        writer.WriteStartArray("target_modules");
        foreach (TiedTensor matrix in plan.Matrices)
        {
            writer.WriteStringValue(matrix.Module);
        }

        writer.WriteEndArray();
        writer.WriteNull("modules_to_save");
        writer.WriteNull("layers_to_transform");
        writer.WriteNull("layers_pattern");
        WritePattern(writer, "rank_pattern", rank);
        WritePattern(writer, "alpha_pattern", rank);
        writer.WriteBoolean("init_lora_weights", true);
        writer.WriteEndObject();
    }

    private void WritePattern(Utf8JsonWriter writer, string name, int rank)
    {
        writer.WriteStartObject(name);
        foreach (TiedTensor matrix in plan.Matrices.Where(matrix => matrix.Rank != rank))
        {
            writer.WriteNumber(matrix.Module, matrix.Rank);
        }

        writer.WriteEndObject();
    }
}
