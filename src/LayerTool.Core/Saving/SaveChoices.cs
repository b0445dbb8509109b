using LayerTool.Adapters;
using LayerTool.Safetensors;
using LayerTool.Tensors;

namespace LayerTool.Saving;

/// <summary>How a plan is written as a checkpoint.</summary>
public record SaveChoices
{
    /// <summary>The format; null for the first that can hold the plan.</summary>
    public SaveFormat? Format { get; init; }

    /// <summary>F32, BF16 or F16, that weights are cast to; null to keep theirs.</summary>
    public TensorDtype? Dtype { get; init; }

    /// <summary>The adapters that the plan names.</summary>
    public AdapterSet Adapters { get; init; } = [];

    /// <summary>Whether adapters are multiplied into the weights; else they travel as one more PEFT folder.</summary>
    public bool MergeAdapters { get; init; }

    /// <summary>How a merge is computed; nothing else of a save computes with torch.</summary>
    public ComputeSettings Compute { get; init; } = new();

    /// <summary>Name of the source whose tokenizer, chat template and generation config travel; null for the main one.</summary>
    public string? TokenizerFrom { get; init; }
}
