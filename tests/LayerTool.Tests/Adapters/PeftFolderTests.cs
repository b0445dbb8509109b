using LayerTool.Adapters;
using LayerTool.Checkpoints;
using LayerTool.Faults;
using LayerTool.Plans;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Adapters;

/// <summary>Adapter folders that are not sound, and adapters of another model. None of it loads libtorch.</summary>
public sealed class PeftFolderTests
{
    [Theory]
    [InlineData("peft_type", "\"IA3\"", "`peft_type` is `IA3`, LayerTool applies `LORA` alone")]
    [InlineData("alora_invocation_tokens", "[1, 2]", "`alora_invocation_tokens` is set, which LayerTool does not apply")]
    [InlineData("eva_config", "{\"rho\": 2.0}", "`eva_config` is set")]
    [InlineData("lora_bias", "true", "`lora_bias` is set")]
    [InlineData("target_parameters", "[\"mlp.experts.gate_up_proj\"]", "`target_parameters` is set")]
    [InlineData("a_key_of_tomorrow", "7", "`a_key_of_tomorrow` is set")]
    [InlineData("init_lora_weights", "\"pissa\"", "`init_lora_weights` is `\"pissa\"`, which changes the base")]
    [InlineData("r", "0", "`r` is 0, expected a whole number from 1")]
    [InlineData("r", "\"4\"", "`r` is \"4\", expected a whole number")]
    [InlineData("lora_alpha", "[]", "`lora_alpha` is [], expected a number")]
    [InlineData("use_dora", "1", "`use_dora` is 1, expected true or false")]
    [InlineData("rank_pattern", "{\"q_proj\": 1.5}", "`rank_pattern` is {\"q_proj\":1.5}, expected whole numbers from 1")]
    [InlineData("rank_pattern", "{\"q_proj\": \"x\"}", "expected an object of numbers")]
    [InlineData("alpha_pattern", "{\"(\": 3}", "cannot be used")]
    [InlineData("target_modules", "3", "`target_modules` is 3, expected a list of strings")]
    [InlineData("target_modules", "\"(\"", "the regular expression `(` cannot be used")]
    [InlineData("target_modules", "null", "needs `target_modules`, which is missing")]
    [InlineData("layers_to_transform", "[\"x\"]", "expected a layer or a list of them")]
    [InlineData("layer_replication", "[[0, 3], [2]]", "expected pairs of a first layer and an end behind it")]
    [InlineData("layer_replication", "[[3, 3]]", "expected pairs of a first layer and an end behind it")]
    [InlineData("layer_replication", "[0, 3]", "expected a list of lists of whole numbers")]
    [InlineData("modules_to_save", "\"lm_head\"", "`modules_to_save` is \"lm_head\", expected a list of strings")]
    [InlineData("bias", "\"some\"", "`bias` is \"some\", expected `none`, `all` or `lora_only`")]
    public void A_config_that_is_not_applied_as_it_stands_is_refused_by_its_key(string key, string json, string said)
    {
        using TempFolder temp = new();
        string folder = AdapterCopy.Make("lora-qv", temp);
        AdapterCopy.Set(folder, key, json);

        LayerToolException fault = Assert.Throws<LayerToolException>(() => PeftFolder.Open(folder));

        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
        Assert.NotEmpty(fault.Hint);
    }

    [Fact]
    public void What_is_no_adapter_is_said()
    {
        using TempFolder temp = new();
        string Said(string folder) => Assert.Throws<LayerToolException>(() => PeftFolder.Open(folder)).Message;

        Assert.EndsWith("no such folder", Said(temp.File("none")), StringComparison.Ordinal);
        Assert.EndsWith("holds a model and no adapter", Said(SharedFiles.Find("golden/models/llama")), StringComparison.Ordinal);
        Assert.EndsWith("has no adapter_model.safetensors", Said(temp.Path), StringComparison.Ordinal);
        temp.Write("adapter_model.bin", "");
        Assert.Contains("has pickled weights (adapter_model.bin)", Said(temp.Path), StringComparison.Ordinal);
        string folder = AdapterCopy.Make("lora-qv", temp);
        File.Delete(Path.Combine(folder, "adapter_model.safetensors"));
        TinySafetensors.Write(Path.Combine(folder, "adapter_model.safetensors"), [("base_model.model.x.lora_C.weight", [1])]);
        Assert.Contains("`base_model.model.x.lora_C.weight` is no part of a LoRA adapter", Said(folder), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), "{");
        Assert.Contains("is not sound JSON", Said(folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lora-qv", "qwen3", "`base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight` has the shape [32, 4], expected [48, 4]")]
    [InlineData("lora-qv", "gpt2", "`model.layers.0.self_attn.q_proj` is no module of a model with 5 layers")]
    [InlineData("lora-gemma3", "llama", "`model.layers.5.mlp.down_proj` is no module of a model with 5 layers")]
    [InlineData("lora-phi3-fused", "llama", "`model.layers.0.mlp.gate_up_proj` is no module")]
    [InlineData("lora-bias", "llama", "`model.layers.0.self_attn.q_proj.bias` is no tensor")]
    public void An_adapter_of_another_model_has_each_mismatch_named(string adapter, string model, string said)
    {
        PeftFolder folder = PeftFolder.Open(SharedFiles.Find("golden/peft/" + adapter));
        Checkpoint checkpoint = Checkpoint.Open(SharedFiles.Find("golden/models/" + model));

        LayerToolException fault = Assert.Throws<LayerToolException>(() => folder.Bind(checkpoint));

        Assert.StartsWith($"{folder}: does not fit {checkpoint.Folder}: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
        Assert.Matches("it says that it was made for `golden/models/.*`: name that model", fault.Hint);
    }

    [Theory]
    [InlineData("lora-qv", "r", "5", "`base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight` has the shape [4, 32], expected [5, 32]")]
    [InlineData("lora-qv", "use_dora", "true", "`model.layers.0.self_attn.q_proj` has no `lora_magnitude_vector`")]
    [InlineData("dora", "use_dora", "false", "`base_model.model.model.layers.0.mlp.down_proj.lora_magnitude_vector` belongs to no update")]
    [InlineData("lora-qv", "exclude_modules", "[\"q_proj\"]", "`model.layers.0.self_attn.q_proj` has tensors, and adapter_config.json does not name it")]
    [InlineData("lora-qv", "layers_to_transform", "[0, 1]", "`model.layers.2.self_attn.q_proj` has tensors, and adapter_config.json does not name it")]
    [InlineData("lora-layers", "layers_to_transform", "null", "`model.layers.0.self_attn.q_proj` has no tensors, although adapter_config.json names it")]
    [InlineData("lora-bias", "bias", "\"none\"", "`model.layers.0.self_attn.q_proj.bias` is neither of `modules_to_save` nor a bias that `bias` has trained")]
    [InlineData("lora-replication", "layer_replication", "[[0, 9]]", "`layer_replication` ends at 9")]
    public void A_config_that_is_not_of_its_weights_is_said(string adapter, string key, string json, string said)
    {
        using TempFolder temp = new();
        string folder = AdapterCopy.Make(adapter, temp);
        AdapterCopy.Set(folder, key, json);
        string model = adapter == "lora-bias" ? "llama-bias-tied" : "llama";

        LayerToolException fault = Assert.Throws<LayerToolException>(() => PeftFolder.Open(folder).Bind(Checkpoint.Open(SharedFiles.Find("golden/models/" + model))));

        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"all-linear\"", true)]
    [InlineData("\".*_proj\"", true)]
    [InlineData("[\"self_attn.q_proj\", \"v_proj\"]", true)]
    [InlineData("\"q_proj\"", false)] // an expression is the whole name
    [InlineData("[\"proj\"]", false)]
    public void Modules_are_named_by_ends_by_an_expression_or_all_of_them(string targets, bool fits)
    {
        using TempFolder temp = new();
        string folder = AdapterCopy.Make("lora-qv", temp);
        AdapterCopy.Set(folder, "target_modules", targets);
        Checkpoint model = Checkpoint.Open(SharedFiles.Find("golden/models/llama"));

        Exception? fault = Record.Exception(() => PeftFolder.Open(folder).Bind(model));

        Assert.Equal(fits, fault is null);
    }

    [Fact]
    public void Whatever_damaged_files_hold_only_faults_come_out()
    {
        using TempFolder temp = new();
        string folder = AdapterCopy.Make("dora", temp);
        string config = Path.Combine(folder, "adapter_config.json"), weights = Path.Combine(folder, "adapter_model.safetensors");
        byte[] soundConfig = File.ReadAllBytes(config), soundWeights = File.ReadAllBytes(weights);
        int header = 8 + (int)BitConverter.ToInt64(soundWeights);
        Checkpoint model = Checkpoint.Open(SharedFiles.Find("golden/models/llama"));

        int refused = Damaged.Run(300, seed =>
        {
            Random random = new(seed);
            bool damagesConfig = seed % 2 == 0;
            File.WriteAllBytes(config, damagesConfig ? Damaged.Bytes(soundConfig, random) : soundConfig);
            File.WriteAllBytes(weights, damagesConfig ? soundWeights : [.. soundWeights[..8], .. Damaged.Bytes(soundWeights[8..header], random), .. soundWeights[header..]]);
            PeftFolder.Open(folder).Bind(model);
        });

        Assert.InRange(refused, 100, 300);
    }

    [Fact]
    public void An_expression_that_runs_away_is_stopped()
    {
        using TempFolder temp = new();
        string folder = AdapterCopy.Make("lora-qv", temp);
        AdapterCopy.Set(folder, "target_modules", "\"([a-z.0-9_]+)+#\"");

        LayerToolException fault = Assert.Throws<LayerToolException>(() => PeftFolder.Open(folder).Bind(Checkpoint.Open(SharedFiles.Find("golden/models/llama"))));

        Assert.Contains("took longer than 1 s", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replication_is_a_plan_and_goes_into_no_other()
    {
        Checkpoint model = Checkpoint.Open(SharedFiles.Find("golden/models/llama"));
        AdapterSet adapters = [];
        adapters.AddWhole("copy", PeftFolder.Open(SharedFiles.Find("golden/peft/lora-replication")));

        Assert.Equal("0-2+copy, 1-4+copy_2", PlanNotation.Print(adapters.Place(LayerPlan.Identity(5), "copy", model)));
        Assert.Equal("0+copy, 1+copy_2", PlanNotation.Print(adapters.Place(PlanNotation.Parse("0+copy, 1+copy_2"), "copy", model)));
        Assert.Contains("is a plan of its own", Assert.Throws<LayerToolException>(() => adapters.Place(PlanNotation.Parse("0-3"), "copy", model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_without_a_place_in_the_plan_is_said()
    {
        Checkpoint model = Checkpoint.Open(SharedFiles.Find("golden/models/llama"));
        AdapterSet adapters = [];
        adapters.AddWhole("one", PeftFolder.Open(SharedFiles.Find("golden/peft/lora-qv")));
        adapters.AddWhole("two", PeftFolder.Open(SharedFiles.Find("golden/peft/dora")));
        LayerPlan plan = adapters.Place(LayerPlan.Identity(5), "one", model);

        Assert.Equal("(0-4)+one", $"({PlanNotation.Print(plan).Replace("+one", "", StringComparison.Ordinal)})+one");
        Assert.Equal("the plan has no slot of `main` for the adapter `two`: each carries another", Assert.Throws<LayerToolException>(() => adapters.Place(plan, "two", model)).Message);
        Assert.Equal("the adapter `one` is given twice", Assert.Throws<LayerToolException>(() => adapters.AddWhole("one", PeftFolder.Open(SharedFiles.Find("golden/peft/dora")))).Message);
    }
}
