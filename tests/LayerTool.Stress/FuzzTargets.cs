using System.Text;

namespace LayerTool.Stress;

/// <summary>What is damaged: every kind of file and text that LayerTool takes from outside.</summary>
internal static class FuzzTargets
{
    private const string Merge =
        """
        merge_method: passthrough
        dtype: bfloat16
        slices:
          - sources:
              - model: MODEL
                layer_range: [0, 2]
                parameters:
                  scale:
                    - filter: o_proj
                      value: [0.5, 1.0]
                    - value: 1.0
          - sources:
              - model: &same MODEL
                layer_range: [1, 3]
        tokenizer_source: base
        """;

    private const string PlanFile =
        """
        {
          "schema": "layertool.plan/1",
          "sources": { "main": { "path": "MODEL" } },
          "slots": [
            { "source": "main", "layer": 0 },
            { "source": "main", "layer": 1, "attention": 0.5, "mlp": 1 },
            { "parallel": [[{ "source": "main", "layer": 1 }], [{ "source": "main", "layer": 2, "attention": 0 }]] }
          ]
        }
        """;

    private static readonly string[] Notations = ["0-2", "0,(1-2)x3,0", "2-0, 1.mlp, [0|1.attn], 1*0.5", "main:0-1, (0*0.5/2)x2"];

    private static readonly string[] Lists = ["1", "0,2", "1-2", "-1", "-2--1", "even", "odd"];

    /// <summary>Makes the targets.</summary>
    /// <param name="model">A small checkpoint with a tokenizer.json, in one weight file.</param>
    /// <param name="folder">An empty folder to work in.</param>
    public static IReadOnlyList<FuzzTarget> Make(string model, string folder)
    {
        string whole = Copy(model, folder, "sound");
        string Damaged(string name) => Copy(model, folder, name);

        string headers = Damaged("headers"), configs = Damaged("configs"), tokenizers = Damaged("tokenizers");
        string indexes = Sharded(whole, folder);
        string plan = Path.Combine(folder, "plan.json"), merge = Path.Combine(folder, "merge.yaml");
        byte[] config = File.ReadAllBytes(Path.Combine(whole, "config.json"));
        return
        [
            new("headers", 6, [SmallFile(folder)], Path.Combine(headers, "model.safetensors"),
                [["inspect", headers], ["inspect", headers, "--json"], ["skip", headers, "--layers", "1"], ["diff", headers, whole]]),
            new("indexes", 4, [File.ReadAllBytes(Path.Combine(indexes, "model.safetensors.index.json"))], Path.Combine(indexes, "model.safetensors.index.json"),
                [["inspect", indexes], ["skip", indexes, "--layers", "1"], ["diff", indexes, whole]]),
            new("configs", 4, [config, .. Configs(config)], Path.Combine(configs, "config.json"),
                [["inspect", configs, "--tensors"], ["skip", configs, "--layers", "1"], ["drop", configs, "--attn-layers", "0"], ["diff", configs, whole]]),
            new("configs that are run", 1, [config, .. Configs(config)], Path.Combine(configs, "config.json"),
                [["generate", configs, "--prompt", "a", "--max-new-tokens", "2"]]),
            new("tokenizers", 3, [File.ReadAllBytes(Path.Combine(whole, "tokenizer.json"))], Path.Combine(tokenizers, "tokenizer.json"),
                [["tokenize", tokenizers, "Once upon a time,  there\nwere 12 naïve 猫!"], ["tokenize", tokenizers, "<s>a</s>", "--special", "--json"]]),
            new("plan files", 3, [Text(PlanFile, whole)], plan, [["inspect", plan], ["skip", plan, "--layers", "0"], ["edit", plan, "--plan", "0"]]),
            new("plans", 3, [.. Notations.Select(Encoding.UTF8.GetBytes)], null, [["edit", whole, "--plan", "{}"]]),
            new("layer lists", 2, [.. Lists.Select(Encoding.UTF8.GetBytes)], null, [["skip", whole, "--layers", "{}"], ["repeat", whole, "--layers", "{}", "--times", "2"]]),
            new("merge files", 3, [Text(Merge, whole)], merge, [["edit", "--from-mergekit", merge]]),
        ];
    }

    private static byte[] Text(string text, string model) => Encoding.UTF8.GetBytes(text.Replace("MODEL", model, StringComparison.Ordinal));

    private static string Copy(string model, string folder, string name)
    {
        string copy = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        foreach (string file in Directory.GetFiles(model).Where(file => Path.GetExtension(file) is ".json" or ".safetensors"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        }

        return copy;
    }

    /// <summary>The same checkpoint in shards, written by LayerTool itself.</summary>
    private static string Sharded(string whole, string folder)
    {
        string sharded = Path.Combine(folder, "indexes");
        int code = Cli.App.RunAsync(["edit", whole, "--plan", "0-2", "--out", sharded, "--shard-size", "100kB", "--quiet"], TextWriter.Null, TextWriter.Null).GetAwaiter().GetResult();
        return code == 0 ? sharded : throw new InvalidOperationException($"writing {sharded} ended with {code}.");
    }

    /// <summary>The config with each RoPE scaling, so that those readers are met too.</summary>
    private static IEnumerable<byte[]> Configs(byte[] config)
    {
        string[] scalings =
        [
            """{ "rope_type": "linear", "factor": 2.0 }""",
            """{ "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192 }""",
            """{ "type": "yarn", "factor": 4.0, "original_max_position_embeddings": 128, "beta_fast": 32, "beta_slow": 1 }""",
            """{ "rope_type": "dynamic", "factor": 2.0 }""",
        ];
        string text = Encoding.UTF8.GetString(config);
        int end = text.LastIndexOf('}');
        return scalings.Select(scaling => Encoding.UTF8.GetBytes($"{text[..end].TrimEnd()}, \"rope_scaling\": {scaling} }}"));
    }

    /// <summary>A file that is mostly header.</summary>
    private static byte[] SmallFile(string folder)
    {
        string file = Path.Combine(folder, "small.safetensors");
        using (Safetensors.SafetensorsWriter writer = Safetensors.SafetensorsWriter.Create(file,
        [
            new("model.embed_tokens.weight", Safetensors.TensorDtype.F32, [4, 2]),
            new("model.layers.0.self_attn.q_proj.weight", Safetensors.TensorDtype.BF16, [2, 3]),
            new("model.layers.1.self_attn.q_proj.weight", Safetensors.TensorDtype.BF16, [2, 3]),
            new("model.layers.2.empty", Safetensors.TensorDtype.I64, [0]),
        ]))
        {
            writer.Write(new byte[writer.Tensors.Sum(tensor => tensor.ByteCount)]);
            writer.Finish();
        }

        return File.ReadAllBytes(file);
    }
}
