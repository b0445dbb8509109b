using LayerTool.Checkpoints;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Progress;
using LayerTool.Safetensors;
using LayerTool.Saving;
using LayerTool.Tensors;
using LayerTool.Tests.Saving;
using LayerTool.Tests.Support;
using LayerTool.Tying;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Tying;

/// <summary>What must hold of every tied model, whatever its numbers.</summary>
[Collection(TorchCollection.Name)]
public sealed class TiedModelTests
{
    private static readonly SaveChoices Wide = new() { Dtype = TensorDtype.F32 };

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    [InlineData("qwen2")]
    public void One_loop_gives_the_model_back_byte_by_byte(string family)
    {
        CheckpointSet sources = SavedCheckpoint.Golden(family);
        using TiedCheckpoint tied = new(TiedCheckpoint.Tie(sources, LayerPlan.Identity(5), new TieSettings(1)));
        Checkpoint written = Checkpoint.Open(tied.Folder);

        Assert.All(sources.Main.Tensors.Keys, name => Assert.Equal(SavedCheckpoint.Bytes(sources.Main, name), SavedCheckpoint.Bytes(written, name)));
    }

    [Fact]
    public void Updates_that_begin_at_zero_leave_the_plain_loop_to_the_byte()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama");
        LayerPlan plan = PlanNotation.Parse("0-4, donor:2");
        using TiedCheckpoint plain = new(TiedCheckpoint.Tie(sources, plan, new TieSettings(3) { Rank = 0 }));
        using TiedCheckpoint zero = new(TiedCheckpoint.Tie(sources, plan, new TieSettings(3) { Rank = 8, LoraInit = LoraInit.Zero }));

        Assert.Equal(File.ReadAllBytes(Path.Combine(plain.Folder, "model.safetensors")), File.ReadAllBytes(Path.Combine(zero.Folder, "model.safetensors")));
        Assert.All(zero.Matrices, matrix => Assert.Equal(matrix.Residual, matrix.Left));
    }

    // Norms before (Llama, biases on q, k, v in Qwen 2), 1 + w (Gemma), LayerNorm with biases and Conv1D (GPT-2), one and two
    // norms of parallel halves (Phi, GPT-NeoX), norms behind, by head and per layer kind where they are kept by depth.
    [Theory]
    [InlineData("llama", TieNorms.Fold)]
    [InlineData("qwen2", TieNorms.Fold)]
    [InlineData("gemma", TieNorms.Fold)]
    [InlineData("gpt2", TieNorms.Fold)]
    [InlineData("phi", TieNorms.Fold)]
    [InlineData("gpt-neox", TieNorms.Fold)]
    [InlineData("olmo", TieNorms.Fold)]
    [InlineData("gpt2", TieNorms.PerDepth)]
    [InlineData("qwen3", TieNorms.PerDepth)]
    [InlineData("olmo2", TieNorms.PerDepth)]
    [InlineData("cohere", TieNorms.PerDepth)]
    [InlineData("bloom", TieNorms.PerDepth)]
    [InlineData("phi3", TieNorms.PerDepth)]
    [InlineData("apertus", TieNorms.PerDepth)]
    public void The_full_rank_gives_the_model_back(string family, TieNorms norms)
    {
        using DisposeScope scope = NewDisposeScope();
        CheckpointSet sources = SavedCheckpoint.Golden(family);
        LayerPlan plan = PlanNotation.Parse("0-4, donor:2");
        Tensor ids = tensor(new long[] { 3, 17, 5, 60, 2, 9, 41, 33, 8, 8, 21, 64 }, [2, 6]);
        Tensor expected = TiedCheckpoint.Logits(sources, plan, ids);
        foreach (int loops in (int[])[2, 3])
        {
            foreach (TieInit init in Enum.GetValues<TieInit>())
            {
                using TiedCheckpoint tied = new(TiedCheckpoint.Tie(sources, plan, new TieSettings(loops) { Init = init, Norms = norms, Rank = TieSettings.FullRank }, Wide));
                AssertNear(expected, tied.Logits(ids), 2e-5);
            }
        }
    }

    [Fact]
    public void Tied_norms_lose_what_no_rank_gives_back()
    {
        using DisposeScope scope = NewDisposeScope();
        CheckpointSet sources = new(Checkpoint.Open(SharedFiles.Model("stories260K")));
        LayerPlan plan = PlanNotation.Parse("0-4, 4");
        Tensor ids = tensor(new long[] { 1, 403, 407, 261, 378, 432 }, [1, 6]);
        using TiedCheckpoint tied = new(TiedCheckpoint.Tie(sources, plan, new TieSettings(2) { Norms = TieNorms.Tie, Rank = TieSettings.FullRank }));

        Assert.True((TiedCheckpoint.Logits(sources, plan, ids) - tied.Logits(ids)).abs().max().item<float>() > 1);
    }

    [Fact]
    public void Around_a_mean_the_residuals_cancel()
    {
        using DisposeScope scope = NewDisposeScope();
        CheckpointSet sources = SavedCheckpoint.Golden("llama");
        TorchHost.Start(TiedCheckpoint.Single);
        using TiedWeights two = new(TiedCheckpoint.Tie(sources, PlanNotation.Parse("0-3"), new TieSettings(2) { Rank = 8 }, Wide)) { KeepsFactors = true };
        foreach (string matrix in (string[])["self_attn.q_proj.weight", "mlp.down_proj.weight"])
        {
            TiedFactors first = two.Factors(1, matrix), second = two.Factors(3, matrix);
            Tensor signs = (first.A * second.A).sum(1).sign(); // of each row its own
            Assert.True((first.A - (second.A * signs.unsqueeze(1))).abs().max().item<float>() < 1e-6);
            Assert.True((first.B + (second.B * signs)).abs().max().item<float>() < 1e-6);
        }

        using TiedWeights three = new(TiedCheckpoint.Tie(sources, PlanNotation.Parse("0-4, donor:2"), new TieSettings(3) { Rank = TieSettings.FullRank }, Wide)) { KeepsFactors = true };
        Tensor sum = zeros([44, 32], ScalarType.Float32);
        foreach (int depth in (int[])[1, 3, 5])
        {
            TiedFactors factors = three.Factors(depth, "mlp.up_proj.weight");
            sum += nn.functional.linear(factors.B, factors.A.t());
        }

        Assert.True(sum.abs().max().item<float>() < 1e-6);
    }

    // The table of the paper: non-embedding parameters of Gemma 2B in 2 loops, and of TinyLlama, in billions.
    [Theory]
    [InlineData(2048, 2048, 256, 16384, 18, new[] { 1.07, 1.15, 1.30, 1.60 })]
    [InlineData(2048, 2048, 256, 5632, 22, new[] { 0.53, 0.58, 0.68, 0.86 })]
    public void Parameters_are_those_of_the_paper(int hidden, int queries, int keys, int inner, int depths, double[] expected)
    {
        (int Out, int In)[] shapes = [(queries, hidden), (keys, hidden), (keys, hidden), (hidden, queries), (inner, hidden), (inner, hidden), (hidden, inner)];
        int[] ranks = [64, 128, 256, 512];
        for (int index = 0; index < ranks.Length; index++)
        {
            TiedTensor[] layer = [.. shapes.Select(shape => new TiedTensor("m.weight", TiedKind.Matrix, [shape.Out, shape.In], IsShared: true) { Rank = Math.Min(ranks[index], Math.Min(shape.Out, shape.In)) })];
            double total = (depths / 2 * layer.Sum(matrix => matrix.Elements)) + (depths * layer.Sum(matrix => matrix.AdapterElements));
            Assert.Equal(expected[index], total / 1e9, 0.007);
        }
    }

    [Theory]
    [InlineData(TieLayout.Merged)]
    [InlineData(TieLayout.Compact)]
    public void What_is_measured_in_memory_is_what_is_written(TieLayout layout)
    {
        using DisposeScope scope = NewDisposeScope();
        CheckpointSet sources = SavedCheckpoint.Golden("llama");
        TiePlan plan = TiedCheckpoint.Tie(sources, PlanNotation.Parse("0-4, donor:2*0.5"), new TieSettings(2) { Rank = 6 });
        Tensor ids = tensor(new long[] { 3, 17, 5, 60, 2, 9, 41, 33, 8, 8, 21, 64 }, [2, 6]);
        using Decoder decoder = Decoder.Open(sources, TiedCheckpoint.Single);
        using TiedModel model = TiedModel.Open(plan, TiedCheckpoint.Single);
        Tensor found = decoder.Forward(model.AddTo(decoder, layout, cancellation: TestContext.Current.CancellationToken), ids);
        using TiedCheckpoint written = new(plan);

        AssertNear(written.Logits(ids), found, layout == TieLayout.Merged ? 1e-6 : 0.02); // merged products are bfloat16
    }

    [Fact]
    public void Random_factors_are_those_of_their_seed()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama");
        byte[] Adapter(long seed)
        {
            using TiedCheckpoint tied = new(TiedCheckpoint.Tie(sources, PlanNotation.Parse("0-3"), new TieSettings(2) { Rank = 4, LoraInit = LoraInit.Zero, Seed = seed }), TieLayout.Unrolled);
            return File.ReadAllBytes(Path.Combine(tied.Folder, "adapter", "adapter_model.safetensors"));
        }

        byte[] first = Adapter(7);
        Assert.Equal(first, Adapter(7));
        Assert.NotEqual(first, Adapter(8));
    }

    [Theory]
    [InlineData(TieLayout.Merged)]
    [InlineData(TieLayout.Compact)]
    public void A_save_that_is_stopped_leaves_nothing(TieLayout layout)
    {
        using TempFolder temp = new();
        using CancellationTokenSource stop = new();
        using TiedModel model = TiedModel.Open(TiedCheckpoint.Tie(SavedCheckpoint.Golden("llama"), PlanNotation.Parse("0-3"), new TieSettings(2)), TiedCheckpoint.Single);

        Assert.Throws<OperationCanceledException>(() => model.Save(layout, new SaveOptions(temp.File("out")), progress: new Stopping(stop), cancellation: stop.Token));

        Assert.Empty(Directory.EnumerateFileSystemEntries(temp.Path));
    }

    internal static void AssertNear(Tensor expected, Tensor found, double relative)
    {
        using DisposeScope scope = NewDisposeScope();
        double off = (expected - found).abs().max().item<float>(), largest = expected.abs().max().item<float>();
        Assert.True(off <= relative * largest, $"off by {off}, the largest is {largest}");
    }

    private sealed class Stopping(CancellationTokenSource stop) : IProgress<Step>
    {
        public void Report(Step value) => stop.Cancel();
    }
}
