using System.Collections.Immutable;
using System.Text.Json.Nodes;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Saving;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Saving;

public sealed class CheckpointSaverTests
{
    public static TheoryData<string> Families =>
        ["llama", "llama-sharded", "llama-bias-tied", "llama-fp32", "llama-fp16-file", "mistral", "ministral3", "qwen2", "qwen2-window", "qwen3"];

    /// <summary>Families that LayerTool does not run: whole layers can be edited all the same.</summary>
    public static TheoryData<string> UnknownFamilies =>
        ["gpt2", "gpt2-sharded", "gpt-neox", "gemma2", "gemma3", "cohere2", "mixtral", "qwen3-moe", "deepseek-v3", "smollm3", "gpt-neo", "bloom", "opt", "mpt", "lfm2", "gpt-oss"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_edited_case_holds_the_bytes_of_its_sources(string family)
    {
        CheckpointSet sources = SavedCheckpoint.Golden(family);
        int written = 0;
        foreach (LayerPlan plan in Plans(family).Where(plan => plan.Steps.All(step => step is LayerSlot)))
        {
            using SavedCheckpoint saved = new(sources, plan);
            CheckTensors(sources, plan, saved);
            TensorCheck.Require(saved.Checkpoint);
            LayerSlot[] slots = [.. plan.Slots];
            Assert.Equal(slots.Select(slot => sources[slot.Source].Config.Layers[slot.Layer]), saved.Checkpoint.Config.Layers);
            Assert.Equal(sources.Main.ConfigJson.Select(pair => pair.Key), saved.Checkpoint.ConfigJson.Select(pair => pair.Key));
            written++;
        }

        Assert.True(written >= 8, $"{written} cases");
    }

    [Theory]
    [MemberData(nameof(UnknownFamilies))]
    public void Whole_layers_of_a_family_that_is_not_run_move_as_well(string family)
    {
        CheckpointSet sources = SavedCheckpoint.Golden(family);
        LayerPlan plan = LayerPlan.Identity(sources.Main.Layers.Count).Skip([1]);

        using SavedCheckpoint saved = new(sources, plan);

        CheckTensors(sources, plan, saved);
        Assert.Equal(plan.Slots.Count(), saved.Checkpoint.Layers.Count);
    }

    [Fact]
    public void Of_every_family_a_layer_can_be_left_out_or_the_reason_is_told()
    {
        string[] refused = ["gemma4-shared-kv", "gpt2-inverse-scale"];
        foreach (string folder in Directory.GetDirectories(SharedFiles.Find("golden/models")))
        {
            string family = Path.GetFileName(folder);
            CheckpointSet sources = SavedCheckpoint.Golden(family);
            LayerPlan plan = LayerPlan.Identity(sources.Main.Layers.Count).Skip([1]);
            if (refused.Contains(family))
            {
                Assert.Throws<LayerToolException>(() => SavePlan.Create(sources, plan, cancellation: TestContext.Current.CancellationToken));
                continue;
            }

            SavePlan saved = SavePlan.Create(sources, plan, cancellation: TestContext.Current.CancellationToken);

            Assert.Equal(sources.Main.Tensors.Count - sources.Main.Layers.InLayer(1).Length, saved.Tensors.Length);
            Assert.All(saved.Tensors, tensor => Assert.True(tensor.IsCopy));
            Assert.Distinct(saved.Tensors.Select(tensor => tensor.Name));
        }
    }

    [Theory]
    [InlineData("gemma3-conditional")]
    [InlineData("llava-llama")]
    [InlineData("mistral3-mistral")]
    [InlineData("mistral3-ministral3")]
    [InlineData("qwen2-5-vl")]
    [InlineData("qwen3-vl")]
    [InlineData("qwen3-5-conditional")]
    [InlineData("llama4-conditional")]
    public void The_text_tower_is_edited_and_everything_else_carried(string folder)
    {
        CheckpointSet sources = new(Checkpoint.Open(SharedFiles.Find($"golden/variants/{folder}")));
        LayerPlan plan = LayerPlan.Identity(sources.Main.Layers.Count).Skip([1]);

        using SavedCheckpoint saved = new(sources, plan);

        CheckTensors(sources, plan, saved);
    }

    [Theory]
    [MemberData(nameof(Families))]
    [MemberData(nameof(UnknownFamilies))]
    public void The_plan_that_changes_nothing_gives_the_same_tensors_and_the_same_config(string family)
    {
        CheckpointSet sources = SavedCheckpoint.Golden(family);

        using SavedCheckpoint saved = new(sources, LayerPlan.Identity(sources.Main.Layers.Count));

        Assert.Equal(sources.Main.Tensors.Keys, saved.Checkpoint.Tensors.Keys);
        Assert.All(sources.Main.Tensors.Keys, name => Assert.Equal(SavedCheckpoint.Bytes(sources.Main, name), saved.Bytes(name)));
        Assert.Equal(File.ReadAllBytes(sources.Main.ConfigFile), File.ReadAllBytes(saved.Checkpoint.ConfigFile));
        Assert.Equal(SaveFormat.Layers, saved.Result.Format);
    }

    [Fact]
    public void Writing_twice_gives_the_same_bytes()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama");
        LayerPlan plan = PlanNotation.Parse("0, 2.mlp, 4-3");

        using SavedCheckpoint first = new(sources, plan);
        using SavedCheckpoint second = new(sources, plan);

        Assert.Equal(File.ReadAllBytes(Path.Combine(first.Checkpoint.Folder, "model.safetensors")), File.ReadAllBytes(Path.Combine(second.Checkpoint.Folder, "model.safetensors")));
    }

    [Fact]
    public void Tensors_of_any_size_are_copied_byte_for_byte()
    {
        int[] sizes = [0, 1, 1000, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 3_000_001, 17_000_003];
        using TempFolder folder = new();
        folder.Write("config.json", """{"model_type": "large-kind", "num_hidden_layers": 2}""");
        Random random = new(5);
        using (SafetensorsWriter writer = SafetensorsWriter.Create(
            folder.File("model.safetensors"),
            sizes.SelectMany((size, index) => Enumerable.Range(0, 2).Select(layer => new TensorDeclaration($"model.layers.{layer}.part{index}", TensorDtype.Find("U8")!.Value, [size])))))
        {
            foreach (TensorEntry due in writer.Tensors)
            {
                byte[] bytes = new byte[due.ByteCount];
                random.NextBytes(bytes);
                writer.Write(bytes);
            }

            writer.Finish();
        }

        CheckpointSet sources = new(Checkpoint.Open(folder.Path));
        LayerPlan plan = PlanNotation.Parse("1, 0");

        using SavedCheckpoint saved = new(sources, plan, options => options with { ShardBytes = 30_000_000 });

        Assert.Equal(2, saved.Result.WeightFiles.Length);
        CheckTensors(sources, plan, saved);
    }

    [Fact]
    public void A_restore_keeps_config_and_buffers_of_the_main_source()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama-extra-tensors");
        LayerPlan plan = PlanNotation.Parse("donor:0, 1, donor:2-3, 4");

        using SavedCheckpoint saved = new(sources, plan);

        Assert.Equal(sources.Main.Tensors.Keys, saved.Checkpoint.Tensors.Keys);
        Assert.Equal(File.ReadAllBytes(sources.Main.ConfigFile), File.ReadAllBytes(saved.Checkpoint.ConfigFile));
        string[] kept = [.. sources.Main.Tensors.Keys.Where(name => name.EndsWith("inv_freq", StringComparison.Ordinal) || name == "unused.buffer")];
        Assert.NotEmpty(kept);
        Assert.All(kept, name => Assert.Equal(SavedCheckpoint.Bytes(sources.Main, name), saved.Bytes(name)));
        Assert.Equal(SavedCheckpoint.Bytes(sources["donor"], "model.layers.3.mlp.up_proj.weight"), saved.Bytes("model.layers.3.mlp.up_proj.weight"));
    }

    [Fact]
    public void A_restored_layer_of_an_unknown_family_has_every_tensor_of_the_donor()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("gpt2");
        LayerPlan plan = PlanNotation.Parse("0, donor:1, 2-4");

        using SavedCheckpoint saved = new(sources, plan);

        CheckTensors(sources, plan, saved);
        Assert.NotEqual(SavedCheckpoint.Bytes(sources.Main, sources.Main.Layers.Name(1, "attn.c_attn.bias")), saved.Bytes(saved.Checkpoint.Layers.Name(1, "attn.c_attn.bias")));
    }

    [Fact]
    public void Comparing_head_and_embedding_can_be_stopped()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama-bias-tied");
        LayerPlan plan = LayerPlan.Identity(5) with { HeadSource = "donor" };

        Assert.ThrowsAny<OperationCanceledException>(() => SavePlan.Create(sources, plan, cancellation: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_written_index_is_the_one_that_transformers_writes()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama-sharded");
        ImmutableArray<Shard> shards =
        [
            .. sources.Main.Files.Select(file => new Shard(Path.GetFileName(file.File), [.. file.Tensors.Select(tensor => new OutputTensor(tensor.Name, tensor, tensor.Dtype, 1))])),
        ];

        string index = Shard.Index(shards, SavePlan.Create(sources, LayerPlan.Identity(5), cancellation: TestContext.Current.CancellationToken));

        Assert.Equal(File.ReadAllText(Path.Combine(sources.Main.Folder, ShardIndex.FileName)).TrimEnd(), index.TrimEnd());
    }

    [Fact]
    public void A_gain_multiplies_weight_and_bias_of_the_output_projection_alone()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama-bias-tied");
        LayerPlan plan = PlanNotation.Parse("0, 1*0.5/0.25, 2-4");

        using SavedCheckpoint saved = new(sources, plan);

        Assert.Equal(SaveFormat.Layers, saved.Result.Format);
        foreach (string name in sources.Main.Tensors.Keys)
        {
            float factor = name switch
            {
                "model.layers.1.self_attn.o_proj.weight" or "model.layers.1.self_attn.o_proj.bias" => 0.5f,
                "model.layers.1.mlp.down_proj.weight" or "model.layers.1.mlp.down_proj.bias" => 0.25f,
                _ => 1,
            };
            Assert.Equal(Floats(SavedCheckpoint.Bytes(sources.Main, name)).Select(value => value * factor), Floats(saved.Bytes(name)));
        }
    }

    [Fact]
    public void Layers_of_another_type_are_cast_and_that_is_said()
    {
        CheckpointSet sources = new(Checkpoint.Open(SharedFiles.Find("golden/models/llama")));
        sources.Add("wide", Checkpoint.Open(SharedFiles.Find("golden/models/llama-fp32")));

        using SavedCheckpoint saved = new(sources, PlanNotation.Parse("0, wide:1, 2-4"));

        Assert.All(saved.Checkpoint.Tensors.Values, tensor => Assert.Equal(TensorDtype.BF16, tensor.Dtype));
        Assert.Contains("9 tensors of `wide` cast from F32 to BF16, rounded to nearest even", saved.Result.Notes);
        byte[] wide = SavedCheckpoint.Bytes(sources["wide"], "model.layers.1.mlp.up_proj.weight");
        float[] narrow = [.. Floats(saved.Bytes("model.layers.1.mlp.up_proj.weight"))];
        for (int index = 0; index < narrow.Length; index++)
        {
            float exact = BitConverter.ToSingle(wide, index * 4);
            Assert.InRange(Math.Abs(narrow[index] - exact), 0, Math.Abs(exact) / 256);
        }
    }

    [Fact]
    public void Files_are_dealt_out_by_layer_and_listed_in_an_index()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama");

        using SavedCheckpoint saved = new(sources, LayerPlan.Identity(5), options => options with { ShardBytes = 20_000 });

        Assert.Equal([.. Enumerable.Range(1, 5).Select(number => $"model-0000{number}-of-00005.safetensors")], saved.Result.WeightFiles);
        JsonNode index = JsonNode.Parse(saved.Text("model.safetensors.index.json"))!;
        Assert.Equal(sources.Main.Tensors.Values.Sum(tensor => tensor.ByteCount), index["metadata"]!["total_size"]!.GetValue<long>());
        Assert.Equal(sources.Main.Tensors.Values.Sum(tensor => tensor.ElementCount), index["metadata"]!["total_parameters"]!.GetValue<long>());
        Assert.Equal(sources.Main.Tensors.Keys, index["weight_map"]!.AsObject().Select(pair => pair.Key));
        Assert.All(saved.Checkpoint.Files, file => Assert.True(file.Tensors.Length == 1 || file.Tensors.Sum(tensor => tensor.ByteCount) <= 20_000));
    }

    [Fact]
    public void What_was_written_from_shards_is_one_file_where_it_fits()
    {
        using SavedCheckpoint saved = new(SavedCheckpoint.Golden("llama-sharded"), LayerPlan.Identity(5));

        Assert.Equal(["model.safetensors"], saved.Result.WeightFiles);
        Assert.False(File.Exists(Path.Combine(saved.Checkpoint.Folder, "model.safetensors.index.json")));
        Assert.Equal("pt", saved.Checkpoint.Files[0].Metadata["format"]);
    }

    [Fact]
    public void The_plan_lies_beside_the_weights_and_says_the_same()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama");
        LayerPlan plan = PlanNotation.Parse("0, 1.mlp, donor:2, 4");

        using SavedCheckpoint saved = new(sources, plan);

        PlanFile record = PlanJson.ReadFile(Path.Combine(saved.Checkpoint.Folder, Provenance.FileName));
        Assert.Equal(plan, record.Plan);
        Assert.Equal("zero", record.Format);
        Assert.Equal(["main", "donor"], record.Sources.Select(source => source.Name));
        Assert.Null(Provenance.Difference(saved.Checkpoint));
    }

    [Fact]
    public void A_record_that_no_longer_fits_is_told()
    {
        using SavedCheckpoint saved = new(SavedCheckpoint.Golden("llama"), LayerPlan.Identity(5));
        using SavedCheckpoint shorter = new(SavedCheckpoint.Golden("llama"), LayerPlan.Identity(5).Skip([1]));
        File.Copy(Path.Combine(shorter.Checkpoint.Folder, Provenance.FileName), Path.Combine(saved.Checkpoint.Folder, Provenance.FileName), overwrite: true);

        Assert.Contains("tells of 4 layers, config.json and the tensors of 5", Provenance.Difference(saved.Checkpoint));
    }

    [Fact]
    public void A_model_card_names_sources_plan_and_command_and_no_path_of_this_machine()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama");

        using SavedCheckpoint saved = new(sources, LayerPlan.Identity(5).Skip([1]), options => options with { Command = ["layertool", "skip", sources.Main.Folder, "--layers", "1"] });

        string card = saved.Text("README.md");
        Assert.StartsWith("---\nbase_model:\n- llama\n", card);
        Assert.Contains("    0, 2-4\n", card);
        Assert.Contains("    layertool skip llama --layers 1\n", card);
        Assert.DoesNotContain(Path.GetDirectoryName(sources.Main.Folder)!, card);
    }

    [Fact]
    public void A_model_card_holds_a_command_that_a_shell_reads_back_without_paths()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama");
        string[] command =
        [
            "layertool", "merge", "org/model", "--source", $"x={sources["donor"].Folder}", "--source=y=/cache/models--org--other/snapshots/0a1b", "--out=/private/out/",
            "../private/z", "--plan", "0, x:1-2", "--gain", ".5/.25", "--name", "it's", "",
        ];

        using SavedCheckpoint saved = new(sources, LayerPlan.Identity(5), options => options with { Command = command });

        Assert.Contains(
            @"    layertool merge org/model --source x=donor --source=y=org/other --out=out z --plan '0, x:1-2' --gain .5/.25 --name 'it'\''s' ''" + "\n",
            saved.Text("README.md"));
    }

    [Fact]
    public void Notes_in_a_model_card_name_no_path_of_this_machine()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama");
        SavePlan plain = SavePlan.Create(sources, LayerPlan.Identity(5), cancellation: TestContext.Current.CancellationToken);
        SavePlan noted = plain with { Notes = [$"{sources["donor"].ConfigFile} and {sources.Main.ConfigFile} differ"] };

        string card = ModelCard.Write(sources, LayerPlan.Identity(5), noted, []);

        Assert.Contains("Note: donor/config.json and llama/config.json differ\n", card);
    }

    [Fact]
    public void A_head_of_another_model_is_written_as_untied()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama-bias-tied");
        LayerPlan plan = LayerPlan.Identity(5) with { HeadSource = "donor" };

        using SavedCheckpoint saved = new(sources, plan);

        Assert.False(saved.Checkpoint.Config.TiedEmbeddings);
        Assert.Equal(SavedCheckpoint.Bytes(sources["donor"], "model.embed_tokens.weight"), saved.Bytes("lm_head.weight"));
        Assert.Equal(SavedCheckpoint.Bytes(sources["donor"], "model.norm.weight"), saved.Bytes("model.norm.weight"));
        Assert.Equal(SavedCheckpoint.Bytes(sources.Main, "model.embed_tokens.weight"), saved.Bytes("model.embed_tokens.weight"));
        Assert.Single(saved.Result.Notes);
    }

    [Fact]
    public void Embedding_and_head_of_one_other_model_stay_as_tied_as_they_are_there()
    {
        CheckpointSet sources = SavedCheckpoint.Golden("llama-bias-tied");
        LayerPlan plan = LayerPlan.Identity(5) with { HeadSource = "donor", EmbeddingSource = "donor" };

        using SavedCheckpoint saved = new(sources, plan);

        Assert.True(saved.Checkpoint.Config.TiedEmbeddings);
        Assert.DoesNotContain("lm_head.weight", saved.Checkpoint.Tensors.Keys);
        Assert.Equal(SavedCheckpoint.Bytes(sources["donor"], "model.embed_tokens.weight"), saved.Bytes("model.embed_tokens.weight"));
    }

    [Theory]
    [InlineData("0, [1|2], 3-4", null, "stage 2, `[1|2]`, plays layers side by side")]
    [InlineData("none", null, "the plan is empty")]
    [InlineData("0, 1.mlp, 2-4", SaveFormat.Layers, "slot 1, `1.mlp`, plays one half")]
    [InlineData("0+lora, 1-4", null, "the adapter `lora` is not given")]
    [InlineData("0, 9", null, "there is no layer 9")]
    public void A_plan_that_cannot_be_written_is_refused_with_the_reason(string plan, SaveFormat? format, string reason)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => SavePlan.Create(SavedCheckpoint.Golden("llama"), PlanNotation.Parse(plan), new SaveChoices { Format = format }, cancellation: TestContext.Current.CancellationToken));

        Assert.Contains(reason, fault.Message);
    }

    [Theory]
    [InlineData("gpt2-inverse-scale", "0, 2-4", "`scale_attn_by_inverse_layer_idx` goes by a layer's place")]
    public void What_is_not_known_of_a_family_is_refused(string family, string plan, string reason)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => SavePlan.Create(SavedCheckpoint.Golden(family), PlanNotation.Parse(plan), cancellation: TestContext.Current.CancellationToken));

        Assert.Contains(reason, fault.Message);
    }

    [Fact]
    public void Half_a_layer_of_an_unknown_family_is_refused()
    {
        using TempFolder temp = new();
        string copy = CheckpointCopy.Make(SharedFiles.Find("golden/models/gpt2"), temp);
        CheckpointCopy.Edit(copy, "\"model_type\": \"gpt2\"", "\"model_type\": \"unheard-of\"");

        LayerToolException fault = Assert.Throws<LayerToolException>(
            () => SavePlan.Create(new CheckpointSet(Checkpoint.Open(copy)), PlanNotation.Parse("0, 1.mlp, 2-4"), cancellation: TestContext.Current.CancellationToken));

        Assert.Contains("changes half a layer, and LayerTool does not know which tensors of a `unheard-of` model", fault.Message);
    }

    [Fact]
    public void A_layer_that_lacks_a_tensor_is_never_taken_in_part()
    {
        CheckpointSet sources = new(Checkpoint.Open(SharedFiles.Find("golden/models/qwen2")));
        sources.Add("other", Checkpoint.Open(SharedFiles.Find("golden/models/llama")));

        LayerToolException fault = Assert.Throws<LayerToolException>(() => SavePlan.Create(sources, PlanNotation.Parse("0, other:1, 2-4"), cancellation: TestContext.Current.CancellationToken));

        Assert.Contains("has no `self_attn.k_proj.bias`", fault.Message);
    }

    [Fact]
    public void Asked_for_zero_where_no_half_is_off_the_same_is_written_and_said()
    {
        using SavedCheckpoint saved = new(SavedCheckpoint.Golden("llama"), LayerPlan.Identity(5), options => options with { Format = SaveFormat.Zero });

        Assert.Equal(["no half is off, so `zero` writes the same as `layers`"], saved.Result.Notes);
    }

    private static IEnumerable<LayerPlan> Plans(string family) =>
        JsonNode.Parse(File.ReadAllText(SharedFiles.Find($"golden/models/{family}/expected.json")))!["plans"]!.AsObject()
            .Where(pair => pair.Value is not null)
            .Select(pair => PlanNotation.Parse(pair.Value!.GetValue<string>()));

    /// <summary>Every tensor by its name: that of the slot's source layer, of the main source outside the layers, or zeros.</summary>
    private static void CheckTensors(CheckpointSet sources, LayerPlan plan, SavedCheckpoint saved)
    {
        LayerSlot[] slots = [.. plan.Slots];
        int expected = sources.Main.Layers.BeforeLayers.Length + sources.Main.Layers.AfterLayers.Length + slots.Sum(slot => sources[slot.Source].Layers.InLayer(slot.Layer).Length);
        Assert.Equal(expected, saved.Checkpoint.Tensors.Count);
        foreach ((string name, TensorEntry tensor) in saved.Checkpoint.Tensors)
        {
            TensorPlace place = saved.Checkpoint.Layers.Place(name);
            Checkpoint source = place.Side == TensorSide.Layer ? sources[slots[place.Layer].Source] : sources.Main;
            string sourceName = place.Side == TensorSide.Layer ? source.Layers.Name(slots[place.Layer].Layer, place.Suffix) : name;
            byte[] bytes = SavedCheckpoint.Bytes(source, sourceName);
            bool off = place.Side == TensorSide.Layer
                && ((!slots[place.Layer].HasAttention && place.Suffix.StartsWith("self_attn.o_proj.", StringComparison.Ordinal))
                    || (!slots[place.Layer].HasMlp && place.Suffix.StartsWith("mlp.down_proj.", StringComparison.Ordinal)));
            Assert.Equal(source.Tensors[sourceName].Dtype, tensor.Dtype);
            Assert.Equal(source.Tensors[sourceName].Shape, tensor.Shape);
            Assert.Equal(off ? new byte[bytes.Length] : bytes, saved.Bytes(name));
        }
    }

    private static IEnumerable<float> Floats(byte[] bfloat16) =>
        Enumerable.Range(0, bfloat16.Length / 2).Select(index => BitConverter.UInt32BitsToSingle((uint)BitConverter.ToUInt16(bfloat16, index * 2) << 16));
}
