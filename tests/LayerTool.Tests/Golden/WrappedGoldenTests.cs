using System.Collections.Immutable;
using LayerTool.Checkpoints;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using LayerTool.Verification;
using Xunit;

namespace LayerTool.Tests.Golden;

/// <summary>Text towers of multimodal checkpoints, in both namings and both dialects of config.json, against the same reference.</summary>
[Collection(TorchCollection.Name)]
public sealed class WrappedGoldenTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string, string> Checkpoints => new()
    {
        { "gemma3-conditional", "." },
        { "gemma3-conditional", "other-names" },
        { "gemma3-conditional", "config.transformers4.json" },
        { "qwen3-5-conditional", "." },
        { "llama4-conditional", "." },
        { "llama4-conditional", "config.transformers4.json" },
        { "llava-llama", "." },
        { "llava-llama", "other-names" },
        { "llava-llama", "config.transformers4.json" },
        { "mistral3-mistral", "." },
        { "mistral3-mistral", "other-names" },
        { "mistral3-mistral", "config.transformers4.json" },
        { "mistral3-ministral3", "." },
        { "mistral3-ministral3", "other-names" },
        { "qwen2-5-vl", "." },
        { "qwen2-5-vl", "other-names" },
        { "qwen2-5-vl", "config.transformers4.json" },
        { "qwen3-vl", "." },
        { "qwen3-vl", "config.transformers4.json" },
    };

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Every_tensor_case_and_token_of_the_reference_holds(string name, string form)
    {
        string folder = SharedFiles.Find($"golden/variants/{name}");
        using ExpectedOutputs expected = ExpectedOutputs.Open(Path.Combine(folder, "expected.safetensors"));

        ImmutableArray<Finding> findings = Verifier.Run(
            new CheckpointSet(Checkpoint.Open(Form(folder, form))), plan: null, expected, new ComputeSettings(Threads: 1), progress: null, CancellationToken.None);

        Assert.Empty(findings.Where(finding => !finding.Holds).Select(finding => finding.ToString()));
        int inputs = expected.Names.Count(tensor => tensor.StartsWith("ids", StringComparison.Ordinal) || tensor.StartsWith("mask", StringComparison.Ordinal));
        Assert.Equal(expected.Names.Count() - inputs, findings.Count(finding => finding.Tolerance is not null));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The folder of one form: as it is, a subfolder, or a copy with another config.json.</summary>
    private string Form(string folder, string form)
    {
        if (!form.EndsWith(".json", StringComparison.Ordinal))
        {
            return Path.Combine(folder, form);
        }

        string copy = CheckpointCopy.Make(folder, _folder);
        File.Copy(Path.Combine(folder, form), Path.Combine(copy, "config.json"), overwrite: true);
        return copy;
    }
}
