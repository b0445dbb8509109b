using System.Collections.Immutable;
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
/// <param name="withNorms">Whether norms and biases that are each depth's own are in it, as modules that are saved whole.</param>
internal sealed class PeftOutput(TiePlan plan, IReadOnlyList<int> depths, bool withNorms)
{
    private const string ConfigName = "adapter_config.json";
    private const string WeightsName = "adapter_model.safetensors";
    private const string Root = "base_model.model.";

    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    private readonly ImmutableArray<TiedTensor> _own = withNorms ? [.. plan.DepthTensors] : [];

    /// <summary>Bytes of the weights.</summary>
    public long Bytes => depths.Count * ((plan.Matrices.Sum(matrix => matrix.AdapterElements) * sizeof(float)) + _own.Sum(tensor => tensor.Elements * plan.DtypeOf(tensor.Suffix).Bits / 8));

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
        Dictionary<string, (int Depth, TiedTensor Tensor, bool IsA)> tensors = new(StringComparer.Ordinal);
        List<TensorDeclaration> declared = [];
        void Declare(string name, TensorDtype dtype, ImmutableArray<long> shape, int depth, TiedTensor tensor, bool isA = false)
        {
            declared.Add(new TensorDeclaration(name, dtype, shape));
            tensors.Add(name, (depth, tensor, isA));
        }

        for (int layer = 0; layer < depths.Count; layer++)
        {
            string prefix = string.Create(CultureInfo.InvariantCulture, $"{Root}{plan.ModulePrefix}{layer}.");
            foreach (TiedTensor matrix in plan.Updated)
            {
                Declare($"{prefix}{matrix.Module}.lora_A.weight", TensorDtype.F32, [matrix.Rank, matrix.Inputs], depths[layer], matrix, isA: true);
                Declare($"{prefix}{matrix.Module}.lora_B.weight", TensorDtype.F32, [matrix.Outputs, matrix.Rank], depths[layer], matrix);
            }

            foreach (TiedTensor tensor in _own)
            {
                Declare(prefix + tensor.Suffix, plan.DtypeOf(tensor.Suffix), tensor.Shape, depths[layer], tensor);
            }
        }

        using SafetensorsWriter writer = SafetensorsWriter.Create(file, declared);
        foreach (TensorEntry due in writer.Tensors)
        {
            cancellation.ThrowIfCancellationRequested();
            (int depth, TiedTensor tensor, bool isA) = tensors[due.Name];
            if (tensor.Kind == TiedKind.Matrix)
            {
                TiedFactors factors = weights.Factors(depth, tensor.Suffix);
                writer.Write((isA ? factors.A : factors.B).bytes);
            }
            else
            {
                using Tensor value = weights.AtDepth(depth, tensor.Suffix);
                TiedContents.WritePieces(value, due.Name, due.Dtype, writer, _ => { }, cancellation);
            }
        }

        writer.Finish();
    }

    private void WriteConfig(Utf8JsonWriter writer, string baseName)
    {
        int rank = Math.Max(1, plan.Matrices.Max(matrix => matrix.Rank));
        writer.WriteStartObject();
        writer.WriteString("peft_type", "LORA");
        writer.WriteString("task_type", "CAUSAL_LM");
        writer.WriteString("base_model_name_or_path", baseName);
        writer.WriteNull("revision");
        writer.WriteBoolean("inference_mode", true);
        writer.WriteNumber("r", rank);
        writer.WriteNumber("lora_alpha", rank);
        writer.WriteNumber("lora_dropout", 0.0);
        writer.WriteString("bias", _own.Any(IsBias) ? "all" : "none");
        writer.WriteBoolean("fan_in_fan_out", plan.Matrices.Any(matrix => matrix.IsTransposed));
        writer.WriteBoolean("use_rslora", false);
        writer.WriteBoolean("use_dora", false);
        WriteList(writer, "target_modules", plan.Updated.Select(matrix => matrix.Module));
        WriteList(writer, "modules_to_save", _own.Where(tensor => !IsBias(tensor)).Select(tensor => tensor.Suffix[..tensor.Suffix.LastIndexOf('.')]).Distinct());
        writer.WriteNull("layers_to_transform");
        writer.WriteNull("layers_pattern");
        WritePattern(writer, "rank_pattern", rank);
        WritePattern(writer, "alpha_pattern", rank);
        writer.WriteBoolean("init_lora_weights", true);
        writer.WriteEndObject();
    }

    private static bool IsBias(TiedTensor tensor) => tensor.Suffix.EndsWith(".bias", StringComparison.Ordinal);

    private static void WriteList(Utf8JsonWriter writer, string name, IEnumerable<string> modules)
    {
        writer.WriteStartArray(name);
        foreach (string module in modules)
        {
            writer.WriteStringValue(module);
        }

        writer.WriteEndArray();
    }

    private void WritePattern(Utf8JsonWriter writer, string name, int rank)
    {
        writer.WriteStartObject(name);
        foreach (TiedTensor matrix in plan.Updated.Where(matrix => matrix.Rank != rank))
        {
            writer.WriteNumber(matrix.Module, matrix.Rank);
        }

        writer.WriteEndObject();
    }
}
