using System.Text.Json;
using System.Text.Json.Nodes;

namespace LayerTool.Architectures;

/// <summary>
/// The <c>model_type</c> of checkpoints that LayerTool writes without the tensors of dropped halves. No stock loader knows it, so
/// none fills those tensors with random numbers; what the model is beside that stands in a key of its own.
/// </summary>
public static class CompactModel
{
    /// <summary>The <c>model_type</c>.</summary>
    public const string ModelType = "layertool_compact";

    /// <summary>The key of the family's own <c>model_type</c>.</summary>
    public const string FamilyKey = "base_model_type";

    /// <summary>Whether a config.json is of such a checkpoint.</summary>
    public static bool Is(JsonObject config) => Word(config, "model_type") == ModelType;

    /// <summary>The family's <c>model_type</c>, whether the checkpoint is compact or not; null where the config names none.</summary>
    public static string? FamilyOf(JsonObject config) => Word(config, FamilyKeyOf(config));

    /// <summary>The key that names the family.</summary>
    public static string FamilyKeyOf(JsonObject config) => Is(config) ? FamilyKey : "model_type";

    private static string? Word(JsonObject config, string key) =>
        config[key] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
