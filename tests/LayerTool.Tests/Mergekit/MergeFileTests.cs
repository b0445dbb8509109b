using LayerTool.Faults;
using LayerTool.Mergekit;
using LayerTool.Plans;
using LayerTool.Safetensors;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Mergekit;

public sealed class MergeFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static string Llama => SharedFiles.Find("golden/models/llama");

    private static string Qwen => SharedFiles.Find("golden/models/qwen3");

    [Fact]
    public void A_file_may_name_one_whole_checkpoint()
    {
        MergePlan merge = Plan($"merge_method: passthrough\nmodels:\n- model: {Llama}\n");

        Assert.Equal(LayerPlan.Identity(5), merge.Plan);
    }

    [Fact]
    public void The_base_model_is_the_main_source_even_where_it_gives_no_layer()
    {
        MergePlan merge = Plan($"merge_method: passthrough\nbase_model: {Llama}\n{Slices(($"{Llama}/donor", 0, 5, ""))}");

        Assert.Equal(["main", "donor"], merge.Sources.Select(source => source.Name));
        Assert.Equal("donor:0-4", PlanNotation.Print(merge.Plan));
        Assert.Equal(("donor", "donor"), (merge.Plan.EmbeddingSource, merge.Plan.HeadSource));
    }

    [Theory]
    [InlineData(2, "donor:0-1, 0-2")]
    [InlineData(3, "0-2, llama:0-2")] // a tie goes to the first named, which is the donor
    public void The_source_with_most_layers_is_the_main_one(int layersOfDonor, string plan)
    {
        MergePlan merge = Plan("merge_method: passthrough\n" + Slices(($"{Llama}/donor", 0, layersOfDonor, ""), (Llama, 0, 3, "")));

        Assert.Equal(plan, PlanNotation.Print(merge.Plan));
    }

    [Fact]
    public void One_checkpoint_in_two_spellings_is_one_source()
    {
        MergePlan merge = Plan("merge_method: passthrough\n" + Slices((Llama, 0, 2, ""), ($"{Llama}/donor/../", 1, 3, "")));

        Assert.Equal("0, (1)x2, 2", PlanNotation.Print(merge.Plan));
        Assert.Single(merge.Sources);
    }

    [Fact]
    public void Sources_of_one_folder_name_are_told_apart()
    {
        MergePlan merge = Plan($"merge_method: passthrough\nbase_model: {Llama}\n{Slices(($"{Llama}/donor", 0, 1, ""), ($"{Qwen}/donor", 1, 2, ""))}");

        Assert.Equal("donor:0, donor2:1", PlanNotation.Print(merge.Plan));
    }

    [Theory]
    [InlineData("o_proj", "0.5", "0-1*0.5/1")]
    [InlineData("down_proj", "[1.0, 0.0]", "0, 1.attn")]
    [InlineData("layers.1.mlp.down_proj", "2e0", "0, 1*1/2")]
    [InlineData("layers.0.self_attn.o_proj.weight", "0", "0.mlp, 1")]
    public void A_scale_on_an_output_projection_is_the_gain_of_its_half(string filter, string value, string plan)
    {
        MergePlan merge = Plan("merge_method: passthrough\n" + Slices((Llama, 0, 2, $"scale: [{{filter: {filter}, value: {value}}}]")));

        Assert.Equal(plan, PlanNotation.Print(merge.Plan));
    }

    [Fact]
    public void The_innermost_value_whose_filter_fits_wins()
    {
        MergePlan merge = Plan($$$"""
            merge_method: passthrough
            parameters: {scale: [{filter: o_proj, value: 0.25}, {filter: down_proj, value: 0.5}]}
            slices:
            - parameters: {scale: [{filter: o_proj, value: 4}]}
              sources:
              - model: {{{Llama}}}
                layer_range: [1, 2]
                parameters: {scale: {filter: layers.2, value: 9} }
            """);

        Assert.Equal("1*4/0.5", PlanNotation.Print(merge.Plan));
    }

    [Fact]
    public void A_module_holds_slices_as_the_file_does()
    {
        MergePlan merge = Plan($"merge_method: passthrough\nmodules:\n  default:\n    {Slices((Llama, 3, 5, "")).Replace("\n", "\n    ", StringComparison.Ordinal)}");

        Assert.Equal("3-4", PlanNotation.Print(merge.Plan));
    }

    [Theory]
    [InlineData("dtype: float16", "F16")]
    [InlineData("dtype: torch.bfloat16\nout_dtype: float32", "F32")]
    public void The_type_of_the_output_is_read(string keys, string dtype)
    {
        MergeFile file = MergeFile.Read(_folder.Write("merge.yml", $"merge_method: passthrough\n{keys}\n{Slices((Llama, 0, 1, ""))}"));

        Assert.Equal(TensorDtype.Find(dtype), file.Dtype);
    }

    [Fact]
    public void What_means_nothing_is_told()
    {
        MergeFile file = MergeFile.Read(_folder.Write("merge.yml", $"merge_method: passthrough\ntitle: mine\nparameters: {{scal: 0.5}}\n{Slices((Llama, 0, 1, ""))}"));

        Assert.Equal(2, file.Notes.Length);
        Assert.Contains("`title` is no key of a merge file and is passed over", file.Notes[0]);
        Assert.Contains("`scal` is no key among the parameters of passthrough and is passed over", file.Notes[1]);
    }

    [Theory]
    [InlineData("merge_method: slerp", "line 1: the merge method is `slerp`, which computes new weights: no verb of LayerTool will do it")]
    [InlineData("merge_method: linear", "the merge method is `linear`, which computes new weights: the verb `fuse` will do it")]
    [InlineData("merge_method: task_arithmetic", "the verb `delta` will do it")]
    [InlineData("merge_method: own", "the merge method `own` is not known")]
    [InlineData("dtype: float32", "needs `merge_method`, which is missing")]
    [InlineData("merge_method: passthrough", "needs `slices` or `models`, which is missing")]
    [InlineData("merge_method: passthrough\nslices: []", "`slices` is empty")]
    [InlineData("merge_method: passthrough\nslices: []\nmodels: []", "has `slices` and `models`, expected one of them")]
    [InlineData("merge_method: passthrough\nmodels: [{model: a}, {model: b}]", "`models` lists 2 checkpoints")]
    [InlineData("merge_method: passthrough\nbase_model: b\nmodels: [{model: a}]", "`base_model` is a second input")]
    [InlineData("merge_method: passthrough\nslices: [{sources: [{model: a, layer_range: [0, 1]}, {model: b, layer_range: [0, 1]}]}]", "the slice has 2 sources")]
    [InlineData("merge_method: passthrough\nslices: [{sources: [{model: a, layer_range: [4, 2]}]}]", "`layer_range` [4, 2] holds no layer")]
    [InlineData("merge_method: passthrough\nslices: [{sources: [{model: a, layer_range: [0, 0]}]}]", "`layer_range` [0, 0] holds no layer")]
    [InlineData("merge_method: passthrough\nslices: [{sources: [{model: a, layer_range: [-1, 2]}]}]", "`layer_range` is not two layers")]
    [InlineData("merge_method: passthrough\nslices: [{sources: [{model: a}]}]", "needs `layer_range`, which is missing")]
    [InlineData("merge_method: passthrough\nslices: [{sources: [{model: a+lora, layer_range: [0, 1]}]}]", "`model` puts an adapter on the checkpoint")]
    [InlineData("merge_method: passthrough\ntokenizer_source: union\nslices: [{sources: [{model: a, layer_range: [0, 1]}]}]", "`tokenizer_source` may rearrange the rows of the embedding")]
    [InlineData("merge_method: passthrough\ndtype: int8\nslices: [{sources: [{model: a, layer_range: [0, 1]}]}]", "`dtype` is `int8`")]
    [InlineData("merge_method: passthrough\nparameters: {scale: much}\nslices: [{sources: [{model: a, layer_range: [0, 1]}]}]", "`scale` is not a number or a list of numbers")]
    [InlineData("- passthrough", "the file is not a mapping of keys to values")]
    public void A_file_that_is_no_plan_is_refused_with_the_reason(string text, string reason)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => MergeFile.Read(_folder.Write("merge.yml", text)));

        Assert.Contains(reason, fault.Message);
        Assert.NotNull(fault.Hint);
    }

    [Theory]
    [InlineData(0, 6, "", "`layer_range` [0, 6] goes past the end of")]
    [InlineData(0, 2, "scale: 0.5", "`scale` is 0.5 for `model.layers.0.input_layernorm.weight`")]
    [InlineData(0, 2, "scale: [{filter: embed, value: 2}]", "`scale` is 2 for `model.embed_tokens.weight`")]
    [InlineData(0, 2, "scale: [{filter: lm_head, value: [2, 1]}]", "`scale` is 2 for `lm_head.weight`")]
    [InlineData(0, 2, "scale: [{filter: o_proj, value: -1}]", "`scale` is -1 for `model.layers.0.self_attn.o_proj.weight`")]
    public void A_scale_or_a_layer_that_no_plan_has_is_refused_by_name(int first, int end, string parameters, string reason)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => Plan("merge_method: passthrough\n" + Slices((Llama, first, end, parameters))));

        Assert.Contains(reason, fault.Message);
        Assert.NotNull(fault.Hint);
    }

    [Fact]
    public void A_scale_on_a_projection_but_not_its_bias_is_no_gain()
    {
        string biased = SharedFiles.Find("golden/models/llama-bias-tied");

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Plan("merge_method: passthrough\n" + Slices((biased, 0, 1, "scale: [{filter: o_proj.weight, value: 0.5}]"))));

        Assert.Contains("`scale` is 0.5 for `model.layers.0.self_attn.o_proj.weight`", fault.Message);
        Assert.Contains("the rest of that projection has 1", fault.Message);
    }

    [Theory]
    [InlineData("mixtral", "down_proj", "0.5", "0*1/0.5")]
    [InlineData("gemma2", "o_proj", "0", "0.mlp")]
    [InlineData("olmo2", "post_attention_layernorm", "0.5", "0*0.5/1")]
    public void A_gain_goes_by_what_the_familys_halves_end_with(string model, string filter, string value, string plan)
    {
        MergePlan merge = Plan("merge_method: passthrough\n" + Slices((SharedFiles.Find($"golden/models/{model}"), 0, 1, $"scale: [{{filter: {filter}, value: {value}}}]")));

        Assert.Equal(plan, PlanNotation.Print(merge.Plan));
    }

    [Theory]
    [InlineData("gemma2", "o_proj", "a norm follows that projection and undoes it")]
    [InlineData("gemma2", "post_attention_layernorm", "a plan scales what the halves end with alone")]
    [InlineData("mixtral", "gate_up_proj", "`scale` is 0.5 for `model.layers.0.block_sparse_moe.experts.0.w1.weight`")]
    public void A_scale_that_is_no_gain_in_its_family_is_refused(string model, string filter, string reason)
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() =>
            Plan("merge_method: passthrough\n" + Slices((SharedFiles.Find($"golden/models/{model}"), 0, 1, $"scale: [{{filter: {filter}, value: 0.5}}]"))));

        Assert.Contains(reason, fault.Message);
    }

    [Fact]
    public void The_scaled_queries_of_the_reference_are_refused()
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => MergeFiles.Read("pass-scaled-qk-bf16", _folder));

        Assert.Contains("self_attn.k_proj.weight", fault.Message);
    }

    public void Dispose() => _folder.Dispose();

    private MergePlan Plan(string text) => MergeFiles.Parse(text, _folder).Plan;

    private static string Slices(params (string Model, int First, int End, string Parameters)[] slices) => "slices:\n" + string.Concat(slices.Select(slice =>
        $"- sources:\n  - model: {slice.Model}\n    layer_range: [{slice.First}, {slice.End}]\n{(slice.Parameters.Length == 0 ? "" : $"    parameters: {{{slice.Parameters}}}\n")}"));
}
