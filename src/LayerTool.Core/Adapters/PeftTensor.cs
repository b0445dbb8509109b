using LayerTool.Safetensors;

namespace LayerTool.Adapters;

/// <summary>What a tensor of an adapter is to its module.</summary>
internal enum PeftPart
{
    /// <summary>A tensor of the module itself, that takes the place of the base's.</summary>
    Whole,

    /// <summary>A [r, in].</summary>
    A,

    /// <summary>B [out, r].</summary>
    B,

    /// <summary>A of an embedding [r, rows].</summary>
    EmbeddingA,

    /// <summary>B of an embedding [width, r].</summary>
    EmbeddingB,

    /// <summary>DoRA's magnitude [out].</summary>
    Magnitude,
}

/// <summary>One tensor of an adapter_model.safetensors.</summary>
/// <param name="Module">Name of its module in the model that PEFT adapted; of a whole tensor the tensor's own name.</param>
/// <param name="Part">What it is to the module.</param>
/// <param name="Entry">Where it lies.</param>
internal sealed record PeftTensor(string Module, PeftPart Part, TensorEntry Entry)
{
    /// <summary>What PEFT puts in front of the names of its base's modules.</summary>
    public const string Prefix = "base_model.model.";

    private static readonly (string Ending, PeftPart Part)[] Endings =
    [
        (".lora_A.weight", PeftPart.A),
        (".lora_B.weight", PeftPart.B),
        (".lora_embedding_A", PeftPart.EmbeddingA),
        (".lora_embedding_B", PeftPart.EmbeddingB),
        (".lora_magnitude_vector", PeftPart.Magnitude),
        (".lora_magnitude_vector.weight", PeftPart.Magnitude),
    ];

    /// <summary>A tensor by its name, or null where the name is none of PEFT's LoRA.</summary>
    public static PeftTensor? Find(TensorEntry entry)
    {
        if (!entry.Name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string name = entry.Name[Prefix.Length..];
        foreach ((string ending, PeftPart part) in Endings)
        {
            if (name.EndsWith(ending, StringComparison.Ordinal))
            {
                return new PeftTensor(name[..^ending.Length], part, entry);
            }
        }

        // Versions differ in whether the tensor of an adapted module keeps the name of PEFT's own layer.
        return name.Contains(".lora_", StringComparison.Ordinal)
            ? null
            : new PeftTensor(name.Replace(".base_layer.", ".", StringComparison.Ordinal), PeftPart.Whole, entry);
    }

    /// <summary>The tensor's name for another place of its module.</summary>
    public string Renamed(string module) => Entry.Name.Replace(Prefix + Stem(Module), Prefix + Stem(module), StringComparison.Ordinal);

    // Of a whole tensor the name ends behind `base_layer`, where there is that.
    private string Stem(string module) => Part == PeftPart.Whole ? module[..(module.LastIndexOf('.') + 1)].TrimEnd('.') : module;
}
