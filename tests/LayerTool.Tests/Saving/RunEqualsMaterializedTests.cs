using LayerTool.Checkpoints;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Saving;
using LayerTool.Tensors;
using LayerTool.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Saving;

/// <summary>
/// One plan, two back ends: what runs in memory and what is written and opened again give the same logits. Bit for bit, on inputs
/// of two rows: a product with one row alone changes in its last bits with the address of the weights.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class RunEqualsMaterializedTests
{
    private static readonly ComputeSettings Single = new(Dtype: ComputeDtype.Float32, Threads: 1);

    public static TheoryData<string, string, SaveFormat> Cases
    {
        get
        {
            TheoryData<string, string, SaveFormat> cases = [];
            foreach (string family in (string[])["llama", "llama-bias-tied", "llama-sharded", "llama-extra-tensors", "llama-rope-yarn", "mistral", "ministral3-scaled", "qwen2", "qwen2-window", "qwen3"])
            {
                cases.Add(family, "0-4", SaveFormat.Layers);
                cases.Add(family, "0, 2-4", SaveFormat.Layers);
                cases.Add(family, "4-0, (1-2)x2", SaveFormat.Layers);
                cases.Add(family, "0, donor:1-2, 3-4", SaveFormat.Layers);
                cases.Add(family, "0*0.5, 1-2, 3*1/2.7, 4", SaveFormat.Layers);
                cases.Add(family, "0.mlp, 1, 2.attn, 3-4", SaveFormat.Zero);
                cases.Add(family, "(0-4).mlp", SaveFormat.Zero);
                cases.Add(family, "0, donor:1.attn, 2*0.3/0, 4", SaveFormat.Zero);
            }

            // Gains: behind output norms, in all experts, in stacked experts, in Conv1D and in mixers other than attention.
            foreach (string family in (string[])["gemma2", "olmo2", "glm4", "mixtral", "granitemoe", "gpt-oss", "deepseek-v3", "qwen2-moe", "gpt2", "bloom", "opt-projected", "cohere", "falcon-new", "lfm2", "qwen3-5"])
            {
                cases.Add(family, "0*0.5, 1-2, 3*1/2.7, 4", SaveFormat.Layers);
                cases.Add(family, "0.mlp, 1, 2.attn, 3-4", SaveFormat.Zero);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_plan_gives_the_same_logits_in_memory_and_from_its_checkpoint(string family, string text, SaveFormat format)
    {
        LayerPlan plan = PlanNotation.Parse(text);
        CheckpointSet sources = SavedCheckpoint.Golden(family);
        using SavedCheckpoint saved = new(sources, plan);

        Assert.Equal(format, saved.Result.Format);
        Assert.Equal(Logits(sources, plan), Logits(new CheckpointSet(saved.Checkpoint), LayerPlan.Identity(plan.Slots.Count())));
    }

    [Theory]
    [InlineData("donor", "main")]
    [InlineData("main", "donor")]
    [InlineData("donor", "donor")]
    public void Embedding_and_head_of_another_source_run_as_they_are_written(string embedding, string head)
    {
        foreach (string family in (string[])["llama", "llama-bias-tied", "gpt2", "bloom", "opt-projected", "gemma2"])
        {
            CheckpointSet sources = SavedCheckpoint.Golden(family);
            LayerPlan whole = LayerPlan.Identity(sources.Main.Layers.Count);
            LayerPlan plan = whole with { EmbeddingSource = embedding, HeadSource = head };
            using SavedCheckpoint saved = new(sources, plan);

            Assert.Equal(Logits(sources, plan), Logits(new CheckpointSet(saved.Checkpoint), whole));
        }
    }

    [Fact]
    public void Layers_of_another_rope_epsilon_and_type_run_as_they_are_written()
    {
        using TempFolder temp = new();
        string other = CheckpointCopy.Make(SharedFiles.Find("golden/models/llama-fp32"), temp);
        CheckpointCopy.Edit(other, "\"rope_theta\": 10000.0", "\"rope_theta\": 500.0");
        CheckpointCopy.Edit(other, "\"rms_norm_eps\": 1e-06", "\"rms_norm_eps\": 0.01");
        CheckpointSet sources = new(Checkpoint.Open(SharedFiles.Find("golden/models/llama"))) { { "base", Checkpoint.Open(other) } };
        LayerPlan plan = PlanNotation.Parse("0, base:1-2, base:3*0.5, 4");
        using SavedCheckpoint saved = new(sources, plan);

        Assert.Equal(Logits(sources, plan), Logits(new CheckpointSet(saved.Checkpoint), LayerPlan.Identity(5)));
    }

    private static float[] Logits(CheckpointSet sources, LayerPlan plan)
    {
        using DisposeScope scope = NewDisposeScope();
        using Decoder decoder = Decoder.Open(sources, Single);
        Tensor ids = tensor(new long[] { 3, 17, 5, 60, 2, 9, 41, 33, 8, 8, 21, 64 }, [2, 6]);
        return decoder.Forward(plan, ids).data<float>().ToArray();
    }
}
