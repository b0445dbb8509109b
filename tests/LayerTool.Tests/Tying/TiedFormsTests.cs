using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Saving;
using LayerTool.Tests.Saving;
using LayerTool.Tests.Support;
using LayerTool.Tying;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Tying;

/// <summary>One tied model in its three forms: each opened as its own layertool.json plays it, all with the same logits.</summary>
[Collection(TorchCollection.Name)]
public sealed class TiedFormsTests
{
    private static readonly SaveChoices Wide = new() { Dtype = TensorDtype.F32 };

    [Theory]
    [InlineData("llama", TieNorms.PerDepth, 6)]
    [InlineData("llama", TieNorms.Fold, 6)]
    [InlineData("llama", TieNorms.Tie, 24)]
    [InlineData("llama", TieNorms.PerDepth, 0)]
    [InlineData("llama", TieNorms.Tie, 0)]
    [InlineData("qwen2", TieNorms.Fold, 6)] // biases of q, k, v stay each depth's own
    [InlineData("qwen3", TieNorms.PerDepth, 6)]
    [InlineData("gpt2", TieNorms.PerDepth, 6)] // LayerNorm, biases everywhere, matrices stored the other way
    [InlineData("gpt2", TieNorms.Fold, 64)]
    [InlineData("apertus", TieNorms.PerDepth, 6)] // numbers of an activation
    [InlineData("olmo2", TieNorms.PerDepth, 6)]
    public void The_forms_have_the_same_logits(string family, TieNorms norms, int rank)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (TieShare share in Enum.GetValues<TieShare>())
        {
            TiePlan plan = TiedCheckpoint.Tie(SavedCheckpoint.Golden(family), PlanNotation.Parse("0-4, donor:2"), new TieSettings(2) { Norms = norms, Rank = rank, Share = share }, Wide);
            using TiedCheckpoint merged = new(plan), unrolled = new(plan, TieLayout.Unrolled), compact = new(plan, TieLayout.Compact);
            Tensor expected = merged.Logits(Ids());

            TiedModelTests.AssertNear(expected, Played(unrolled.Folder), 1e-5);
            TiedModelTests.AssertNear(expected, Played(unrolled.Folder, AdapterMode.Merged), 1e-5);
            TiedModelTests.AssertNear(expected, Played(compact.Folder), 1e-5);
            Assert.Equal(3, Checkpoint.Open(compact.Folder).Layers.Count);
        }
    }

    [Fact]
    public void Shared_layers_are_stored_once_and_norms_of_every_depth()
    {
        TiePlan plan = TiedCheckpoint.Tie(SavedCheckpoint.Golden("llama"), PlanNotation.Parse("0-4, donor:2"), new TieSettings(3) { Rank = 4 });
        using TiedCheckpoint compact = new(plan, TieLayout.Compact);
        Checkpoint written = Checkpoint.Open(compact.Folder);
        SafetensorsHeader norms = SafetensorsHeader.Read(Path.Combine(compact.Folder, "depth_norms.safetensors"));

        Assert.Equal(plan.Cost.SharedLayers.Parameters + plan.Cost.OutsideLayers.Parameters, written.Tensors.Values.Sum(tensor => tensor.ElementCount));
        Assert.Equal(6 * 2, norms.Tensors.Length);
        Assert.Equal([32], norms.Tensors.Single(tensor => tensor.Name == "depth.5.post_attention_layernorm.weight").Shape);
        PlanFile record = PlanJson.ReadFile(Path.Combine(compact.Folder, "layertool.json"));
        Assert.Equal("tied", record.Format);
        Assert.Equal("0-1+loop0, 0-1+loop1, 0-1+loop2", PlanNotation.Print(record.Plan));
        Assert.Null(Provenance.Difference(written));
    }

    [Theory]
    [InlineData("\"sources\": {\"main\": {\"path\": \".\"}}, \"slots\": []", true)]
    [InlineData("\"sources\": {\"main\": {\"path\": \".\"}}, \"slots\": [{\"layer\": 4}]", true)]
    [InlineData("\"sources\": {\"main\": {\"path\": \"../elsewhere\"}}, \"slots\": [{\"layer\": 0}]", false)]
    [InlineData("\"slots\": 5", false)]
    public void A_folder_is_played_by_a_plan_over_itself_alone(string rest, bool isPlayed)
    {
        using TempFolder temp = new();
        string folder = CheckpointCopy.Make(SharedFiles.Find("golden/models/llama"), temp);
        string file = Path.Combine(folder, Provenance.FileName);
        File.WriteAllText(file, $"{{\"schema\": \"layertool.plan/1\", {rest}, \"format\": \"tied\"}}");

        Assert.Equal(isPlayed ? file : null, Provenance.TiedPlan(folder));
        Assert.Equal(rest.Contains("[{\"layer\": 4}]", StringComparison.Ordinal), Provenance.Difference(Checkpoint.Open(folder)) is null);
    }

    [Fact]
    public void A_text_token_by_token_gives_what_it_gives_at_once()
    {
        using DisposeScope scope = NewDisposeScope();
        TiePlan plan = TiedCheckpoint.Tie(SavedCheckpoint.Golden("llama"), PlanNotation.Parse("0-4, donor:2"), new TieSettings(2) { Rank = 6 }, Wide);
        using TiedCheckpoint compact = new(plan, TieLayout.Compact);
        (Decoder decoder, LayerPlan played) = Open(compact.Folder, AdapterMode.Applied);
        using (decoder)
        {
            Tensor ids = Ids();
            using KvCache cache = new();
            List<Tensor> steps = [];
            for (long token = 0; token < ids.size(1); token++)
            {
                steps.Add(decoder.Forward(played, ids.narrow(1, token, 1), cache: cache));
            }

            TiedModelTests.AssertNear(decoder.Forward(played, ids), cat(steps, 1), 1e-4);
        }
    }

    private static Tensor Ids() => tensor(new long[] { 3, 17, 5, 60, 2, 9, 41, 33, 8, 8, 21, 64 }, [2, 6]);

    private static Tensor Played(string folder, AdapterMode mode = AdapterMode.Applied)
    {
        (Decoder decoder, LayerPlan plan) = Open(folder, mode);
        using (decoder)
        {
            return decoder.Forward(plan, Ids());
        }
    }

    private static (Decoder Decoder, LayerPlan Plan) Open(string folder, AdapterMode mode)
    {
        PlanFile record = PlanJson.ReadFile(Path.Combine(folder, "layertool.json"));
        AdapterSet adapters = [];
        foreach ((string name, PlanAdapter adapter) in record.Adapters)
        {
            adapters.Add(name, PeftFolder.Open(Path.Combine(folder, adapter.Path)), adapter.Range);
        }

        return (Decoder.Open(new CheckpointSet(Checkpoint.Open(folder)), TiedCheckpoint.Single, adapters: adapters, adapterMode: mode), record.Plan);
    }
}
