using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Plans;
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

/// <summary>Tied models against numbers that were computed in float64 elsewhere: maps, parameters, residual energies, logits, losses.</summary>
[Collection(TorchCollection.Name)]
public sealed class TieGoldenTests
{
    private const string Large = "SmolLM2-135M-Instruct-dq4";

    private static readonly bool Full = Environment.GetEnvironmentVariable("LAYERTOOL_FULL") == "1";

    public static TheoryData<string, int, TieInit, TieNorms> Cases
    {
        get
        {
            TheoryData<string, int, TieInit, TieNorms> cases = [];
            foreach (string model in (string[])["stories260K", "llama"])
            {
                foreach (int loops in (int[])[2, 3])
                {
                    foreach (TieInit init in Enum.GetValues<TieInit>())
                    {
                        foreach (TieNorms norms in Enum.GetValues<TieNorms>())
                        {
                            cases.Add(model, loops, init, norms);
                        }
                    }
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_tied_plan_has_the_numbers_of_the_reference(string model, int loops, TieInit init, TieNorms norms)
    {
        JsonNode golden = JsonNode.Parse(File.ReadAllText(SharedFiles.Find("golden/weightspace/tie.json")))![model]!;
        TieSettings settings = new(loops) { Init = init, Norms = norms };
        string key = $"loops-{loops}.{Word(init)}.{(norms == TieNorms.PerDepth ? "per-depth" : Word(norms))}";
        foreach ((string rank, int number) in (IEnumerable<(string, int)>)[("0", 0), ("4", 4), ("8", 8), ("full", TieSettings.FullRank)])
        {
            Check(golden, model, $"{key}.rank-{rank}", settings with { Rank = number });
            if (golden["cases"]![$"{key}.rank-{rank}.sequence"] is not null)
            {
                Check(golden, model, $"{key}.rank-{rank}.sequence", settings with { Rank = number, Share = TieShare.Sequence });
            }
        }
    }

    [Fact]
    public void Residual_energies_of_a_real_model_are_those_of_the_reference()
    {
        JsonNode golden = JsonNode.Parse(File.ReadAllText(SharedFiles.Find($"golden/weightspace/tie-{Large}.json")))!;
        CheckpointSet sources = new(Checkpoint.Open(SharedFiles.Model(Large)));
        int depths = sources.Main.Layers.Count;
        foreach ((string key, JsonNode? expected) in golden["cases"]!.AsObject())
        {
            string[] words = key.Split('.');
            TieSettings settings = new(int.Parse(words[0]["loops-".Length..], System.Globalization.CultureInfo.InvariantCulture)) { Init = Enum.Parse<TieInit>(words[1], ignoreCase: true), Rank = 64 };
            TiePlan plan = TiedCheckpoint.Tie(sources, LayerPlan.Identity(depths), settings, new SaveChoices { Dtype = TensorDtype.F32 });
            Assert.Equal(expected!["K"]!.GetValue<int>(), plan.Map.SharedCount);
            foreach ((string place, double[] energies) in Energies(expected["energy"]!, plan, everything: Full))
            {
                JsonArray numbers = expected["energy"]![place]!.AsArray();
                Near(numbers[0]!.GetValue<double>(), energies[0], 1e-5, $"{key} {place}");
                Near(numbers[1]!.GetValue<double>(), energies[1], 1e-5, $"{key} {place} left");
            }
        }
    }

    [Fact]
    public void Losses_of_a_real_model_are_those_of_the_reference()
    {
        Assert.SkipUnless(Full, "writes and runs a 135M model several times; LAYERTOOL_FULL=1 runs it");
        JsonNode golden = JsonNode.Parse(File.ReadAllText(SharedFiles.Find($"golden/weightspace/tie-{Large}.json")))!;
        CheckpointSet sources = new(Checkpoint.Open(SharedFiles.Model(Large)));
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = Ids(golden["ids"]!);
        foreach ((string key, JsonNode? expected) in golden["cases"]!.AsObject())
        {
            string[] words = key.Split('.');
            foreach (int rank in (int[])[0, 64])
            {
                TieSettings settings = new(int.Parse(words[0]["loops-".Length..], System.Globalization.CultureInfo.InvariantCulture)) { Init = Enum.Parse<TieInit>(words[1], ignoreCase: true), Rank = rank };
                using TiedCheckpoint tied = new(TiedCheckpoint.Tie(sources, LayerPlan.Identity(sources.Main.Layers.Count), settings, new SaveChoices { Dtype = TensorDtype.F32 }));
                Near(expected![$"loss_rank_{rank}"]!.GetValue<double>(), Loss(tied.Logits(ids), ids), 1e-4, $"{key} rank {rank}");
            }
        }
    }

    private static void Check(JsonNode golden, string model, string key, TieSettings settings)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonNode expected = golden["cases"]![key]!;
        CheckpointSet sources = model == "llama" ? SavedCheckpoint.Golden(model) : new CheckpointSet(Checkpoint.Open(SharedFiles.Model(model)));
        TiePlan plan = TiedCheckpoint.Tie(sources, PlanNotation.Parse(golden["plan"]!.GetValue<string>()), settings, new SaveChoices { Dtype = TensorDtype.F32 });
        using TiedCheckpoint tied = new(plan);

        CheckMap(golden, expected, plan, key);
        if (expected["parameters"] is JsonNode parameters)
        {
            Assert.Equal(parameters["shared_layers"]!.GetValue<long>(), plan.Cost.SharedLayers.Parameters);
            Assert.Equal(parameters["adapters"]!.GetValue<long>(), plan.Cost.Adapters.Parameters);
            Assert.Equal(parameters["per_depth_norms"]!.GetValue<long>(), plan.Cost.DepthNorms.Parameters);
            Assert.Equal(parameters["outside_layers"]!.GetValue<long>(), plan.Cost.OutsideLayers.Parameters);
        }

        foreach (TiedMatrix matrix in expected["energy"] is null ? [] : tied.Matrices)
        {
            JsonArray numbers = expected["energy"]![$"{matrix.Depth}.{matrix.Module}"]!.AsArray();
            Near(numbers[0]!.GetValue<double>(), matrix.Residual, 1e-5, $"{key} {matrix.Depth}.{matrix.Module}");
            Near(numbers[1]!.GetValue<double>(), matrix.Left, 1e-5, $"{key} {matrix.Depth}.{matrix.Module} left");
        }

        Tensor ids = Ids(golden["ids"]!);
        Tensor logits = tied.Logits(ids);
        Near(expected["loss"]!.GetValue<double>(), Loss(logits, ids), 1e-4, key);
        Tensor reference = Reference(model, $"logits.{key}");
        Tensor found = logits.narrow(1, logits.size(1) - reference.size(1), reference.size(1));
        double off = (found - reference).abs().max().item<float>(), largest = reference.abs().max().item<float>();
        Assert.True(off <= 1e-4 * largest, $"{key}: logits are off by {off}, the largest is {largest}");
    }

    private static void CheckMap(JsonNode golden, JsonNode expected, TiePlan plan, string key)
    {
        JsonNode shared = golden["shared"]![string.Join('.', key.Split('.')[..2])]!;
        Assert.Equal(shared["K"]!.GetValue<int>(), plan.Map.SharedCount);
        Assert.Equal((expected["map"] ?? shared["map"])!.AsArray().Select(depth => depth!.GetValue<int>()), plan.Map.SharedByDepth);
        if (shared["source"] is JsonArray sources)
        {
            Assert.Equal(sources.Select(depth => depth!.GetValue<int>()), Enumerable.Range(0, plan.Map.SharedCount).Select(layer => Assert.Single(plan.Map.SourcesOf(layer))));
        }
    }

    // Of a large model a slice: the attention of a few depths.
    private static IEnumerable<(string Place, double[] Energies)> Energies(JsonNode expected, TiePlan plan, bool everything)
    {
        TorchHost.Start(TiedCheckpoint.Single);
        using TiedWeights weights = new(plan);
        foreach (string place in expected.AsObject().Select(entry => entry.Key).Where(place => everything || place is "0.self_attn.q_proj" or "7.self_attn.k_proj" or "16.self_attn.v_proj" or "29.self_attn.o_proj"))
        {
            string[] parts = place.Split('.', 2);
            weights.Measure(int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1] + ".weight");
            TiedMatrix measured = weights.Measured.Last();
            yield return (place, [measured.Residual, measured.Left]);
        }
    }

    private static Tensor Reference(string model, string name)
    {
        SafetensorsHeader header = SafetensorsHeader.Read(SharedFiles.Find($"golden/weightspace/tie-{model}.safetensors"));
        TensorEntry entry = header.Tensors.Single(tensor => tensor.Name == name);
        using TensorReader reader = new([header]);
        Tensor tensor = empty([.. entry.Shape], dtype: ScalarType.Float32);
        reader.ReadAll(entry).CopyTo(tensor.bytes);
        return tensor;
    }

    private static Tensor Ids(JsonNode rows) => tensor(rows[0]!.AsArray().Select(id => id!.GetValue<long>()).ToArray()).unsqueeze(0);

    private static double Loss(Tensor logits, Tensor ids)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor before = logits[0].narrow(0, 0, logits.size(1) - 1).to(ScalarType.Float64);
        return nn.functional.cross_entropy(before, ids[0].narrow(0, 1, ids.size(1) - 1)).item<double>();
    }

    private static void Near(double expected, double found, double relative, string what) =>
        Assert.True(Math.Abs(expected - found) <= relative * Math.Max(Math.Abs(expected), 1e-6), $"{what}: {found}, expected {expected}");

    private static string Word<T>(T choice)
        where T : struct, Enum => choice.ToString().ToLowerInvariant();
}
