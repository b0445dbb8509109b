using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LayerTool.Checkpoints;
using LayerTool.Mergekit;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Saving;
using LayerTool.Tensors;
using LayerTool.Tests.Saving;
using LayerTool.Tests.Support;
using LayerTool.Verification;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LayerTool.Tests.Mergekit;

/// <summary>Every passthrough merge of the reference: the plan, the tensors, config.json, and what the result computes.</summary>
[Collection(TorchCollection.Name)]
public sealed partial class PassthroughTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Cases
    {
        get
        {
            TheoryData<string> cases = [];
            foreach (string folder in Directory.GetDirectories(SharedFiles.Find("golden/mergekit"), "pass-*").Order(StringComparer.Ordinal))
            {
                string name = Path.GetFileName(folder);
                if (name is not ("pass-scaled-qk-bf16" or "pass-zeroed-repeat"))
                {
                    cases.Add(name);
                }
            }

            return cases;
        }
    }

    /// <summary>Those of families that LayerTool runs.</summary>
    public static TheoryData<string> Running =>
        [.. Cases.Select(row => row.Data).Where(name => Checkpoint.Open(SharedFiles.Find($"golden/mergekit/{name}")).Architecture is not null)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Slots_embedding_and_head_come_from_where_the_reference_takes_them(string name)
    {
        (_, MergePlan merge) = MergeFiles.Read(name, _folder);
        JsonNode expected = JsonNode.Parse(File.ReadAllText(SharedFiles.Find($"golden/mergekit/{name}/expected.json")))!;
        string Path(string key) => System.IO.Path.GetFullPath(System.IO.Path.Combine(SharedFiles.Find("golden"), expected[key]!.GetValue<string>()));
        string main = Path("main");

        Assert.Equal(
            PlanNotation.Parse(expected["plan"]!.GetValue<string>()).Slots.Select(slot => (slot.Source == LayerPlan.Main ? main : $"{main}/donor", slot.Layer, slot.AttentionGain, slot.MlpGain)),
            merge.Plan.Slots.Select(slot => (Folder(merge, slot.Source), slot.Layer, slot.AttentionGain, slot.MlpGain)));
        Assert.Equal(Path("embedding_from"), Folder(merge, merge.Plan.EmbeddingSource));
        Assert.Equal(Path("norm_and_head_from"), Folder(merge, merge.Plan.HeadSource));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tensors_and_config_are_those_of_mergekit(string name)
    {
        Checkpoint expected = Checkpoint.Open(SharedFiles.Find($"golden/mergekit/{name}"));

        using SavedCheckpoint saved = Save(name);

        Assert.True(JsonNode.DeepEquals(expected.ConfigJson, saved.Checkpoint.ConfigJson), saved.Text("config.json"));
        Dictionary<string, byte[]> tensors = saved.Checkpoint.Tensors.Keys.ToDictionary(tensor => tensor, saved.Bytes);
        tensors = name == "pass-mixtral" ? ExpertsJoined(tensors) : tensors;
        Assert.Equal(expected.Tensors.Keys.Order(StringComparer.Ordinal), tensors.Keys.Order(StringComparer.Ordinal));
        foreach ((string tensor, TensorEntry entry) in expected.Tensors)
        {
            Assert.Equal(Values(SavedCheckpoint.Bytes(expected, tensor), entry.Dtype), Values(tensors[tensor], entry.Dtype));
        }
    }

    [Theory]
    [MemberData(nameof(Running))]
    [InlineData("pass-zeroed-repeat")]
    public void The_result_gives_the_logits_of_the_reference(string name)
    {
        using SavedCheckpoint saved = Save(name);
        using DisposeScope scope = NewDisposeScope();
        using ExpectedOutputs expected = ExpectedOutputs.Open(SharedFiles.Find($"golden/mergekit/{name}/expected.safetensors"));
        using Decoder decoder = Decoder.Open(new CheckpointSet(saved.Checkpoint), new ComputeSettings(Dtype: ComputeDtype.Float32, Threads: 1));

        Tensor logits = decoder.Forward(LayerPlan.Identity(saved.Checkpoint.Layers.Count), expected.GetRows("ids"));

        Assert.InRange((logits - expected.Get("logits")).abs().max().item<float>(), 0, 1e-4);
    }

    [Theory]
    [InlineData("pass-ends-differ")]
    [InlineData("pass-gemma2-repeat")]
    [InlineData("pass-scale-gradient")]
    [InlineData("pass-two-models")]
    public void The_plan_runs_as_it_is_saved(string name)
    {
        (_, MergePlan merge) = MergeFiles.Read(name, _folder);
        using DisposeScope scope = NewDisposeScope();
        using ExpectedOutputs expected = ExpectedOutputs.Open(SharedFiles.Find($"golden/mergekit/{name}/expected.safetensors"));
        using Decoder decoder = Decoder.Open(MergeFiles.Sources(merge), new ComputeSettings(Dtype: ComputeDtype.Float32, Threads: 1));

        Tensor logits = decoder.Forward(merge.Plan, expected.GetRows("ids"));

        // bfloat16 weights times a gain are rounded to bfloat16 in memory, where the reference writes float32.
        Assert.InRange((logits - expected.Get("logits")).abs().max().item<float>(), 0, name == "pass-scale-gradient" ? 0.02 : 1e-4);
    }

    [Fact]
    public void Slots_that_are_scaled_to_nothing_are_left_out_and_said()
    {
        (_, MergePlan merge) = MergeFiles.Read("pass-zeroed-repeat", _folder);

        Assert.Equal(LayerPlan.Identity(5), merge.Plan);
        string note = Assert.Single(merge.Notes);
        Assert.Contains("these slots are left out; mergekit's file has 2 layers more and gives equal logits", note);
    }

    public void Dispose() => _folder.Dispose();

    private SavedCheckpoint Save(string name)
    {
        (MergeFile file, MergePlan merge) = MergeFiles.Read(name, _folder);
        return new SavedCheckpoint(MergeFiles.Sources(merge), merge.Plan, options => options with { Dtype = file.Dtype });
    }

    private static string Folder(MergePlan merge, string source) => merge.Sources.Single(known => known.Name == source).Checkpoint.Folder;

    /// <summary>Floats, in which −0 equals 0.</summary>
    private static float[] Values(byte[] bytes, TensorDtype dtype)
    {
        byte[] single = new byte[bytes.Length * 32 / dtype.Bits];
        TensorScaling.Apply(bytes, dtype, single, TensorDtype.F32, 1);
        return [.. Enumerable.Range(0, single.Length / 4).Select(index => BitConverter.ToSingle(single, index * 4) + 0f)];
    }

    /// <summary>A layer's experts as transformers 5 holds them: gate above up, one expert after another.</summary>
    private static Dictionary<string, byte[]> ExpertsJoined(Dictionary<string, byte[]> tensors)
    {
        SortedDictionary<string, List<(int Expert, int Part, byte[] Bytes)>> joined = new(StringComparer.Ordinal);
        foreach ((string name, byte[] bytes) in tensors)
        {
            Match expert = ExpertName().Match(name);
            string target = !expert.Success ? name.Replace("block_sparse_moe", "mlp", StringComparison.Ordinal)
                : $"{expert.Groups["layer"].Value}mlp.experts.{(expert.Groups["part"].Value == "w2" ? "down_proj" : "gate_up_proj")}";
            List<(int Expert, int Part, byte[] Bytes)> parts = joined.TryGetValue(target, out List<(int Expert, int Part, byte[] Bytes)>? known) ? known : joined[target] = [];
            parts.Add(expert.Success ? (int.Parse(expert.Groups["expert"].Value), expert.Groups["part"].Value == "w3" ? 1 : 0, bytes) : (0, 0, bytes));
        }

        return joined.ToDictionary(pair => pair.Key, pair => pair.Value.OrderBy(part => part.Expert).ThenBy(part => part.Part).SelectMany(part => part.Bytes).ToArray());
    }

    [GeneratedRegex(@"^(?<layer>model\.layers\.\d+\.)block_sparse_moe\.experts\.(?<expert>\d+)\.(?<part>w[123])\.weight$")]
    private static partial Regex ExpertName();
}
