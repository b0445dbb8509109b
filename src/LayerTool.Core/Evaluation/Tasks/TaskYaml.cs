using System.Collections.Immutable;
using LayerTool.Data;
using LayerTool.Faults;

namespace LayerTool.Evaluation.Tasks;

/// <summary>
/// Reads a task of a YAML file with the harness's own keys. What would run Python is refused, and so is a key that is not known: a
/// task that is measured otherwise than its file says would be worse than none.
/// </summary>
public static class TaskYaml
{
    private const int DeepestInclude = 8;

    // Said of a task, and of no consequence for its numbers.
    private static readonly string[] Passed = ["tag", "group", "should_decontaminate", "doc_to_decontamination_query", "dataset_kwargs", "metadata", "repeats", "include", "fewshot_config"];

    private static readonly string[] Known =
    [
        "task", "task_alias", "dataset_path", "dataset_name", "data_files", "training_split", "validation_split", "test_split", "fewshot_split",
        "doc_to_text", "doc_to_target", "doc_to_choice", "output_type", "metric_list", "num_fewshot", "target_delimiter", "fewshot_delimiter",
        "description", "generation_kwargs", "filter_list", .. Passed,
    ];

    private static readonly (string Name, OutputType Output)[] Outputs =
    [
        ("multiple_choice", OutputType.MultipleChoice), ("loglikelihood", OutputType.LogLikelihood), ("loglikelihood_rolling", OutputType.Rolling),
        ("generate_until", OutputType.GenerateUntil),
    ];

    /// <summary>Reads a file.</summary>
    /// <exception cref="LayerToolException">It is at fault; file, line and key are named.</exception>
    public static EvaluationTask Read(string file)
    {
        TaskKeys keys = Open(file, 0);
        keys.ExpectOnly(Known);
        OutputType output = Output(keys);
        TaskTemplate? question = Template(keys, "doc_to_text"), target = Template(keys, "doc_to_target");
        Func<DataRow, IReadOnlyList<string>>? choices = Choices(keys);
        string delimiter = keys.Text("fewshot_delimiter") ?? "\n\n";
        if (target is null || (output != OutputType.Rolling && question is null))
        {
            throw keys.Missing(target is null ? "doc_to_target" : "doc_to_text");
        }

        return new EvaluationTask
        {
            Name = keys.Text("task") ?? Path.GetFileNameWithoutExtension(file),
            Alias = keys.Text("task_alias"),
            Version = keys.Mapping("metadata")?.Number("version") ?? 0,
            Output = output,
            Data = new DataSource(keys.Text("dataset_path") ?? "json", keys.Text("dataset_name")),
            DataFiles = DataFiles(keys, file),
            TrainingSplit = keys.Text("training_split"),
            ValidationSplit = keys.Text("validation_split"),
            TestSplit = keys.Text("test_split"),
            FewshotSplit = keys.Mapping("fewshot_config")?.Text("split") ?? keys.Text("fewshot_split"),
            Sampling = Sampling(keys),
            Shots = (int)(keys.Number("num_fewshot") ?? 0),
            Description = keys.Text("description") ?? "",
            TargetDelimiter = keys.Text("target_delimiter") ?? " ",
            FewshotDelimiter = delimiter,
            Question = question is null ? null : question.Text,
            RightInput = question is null || choices is null ? null : question.Number,
            Choices = choices,
            Target = row => target.Target(row, choices is not null),
            Metrics = TaskYamlMetrics.Read(keys, output, out ExactMatchRules exactMatch),
            ExactMatch = exactMatch,
            Generation = output == OutputType.GenerateUntil ? TaskYamlGeneration.Read(keys, delimiter) : null,
            Filters = output == OutputType.GenerateUntil ? TaskYamlGeneration.Filters(keys) : [AnswerFilter.None],
        };
    }

    // What the file itself says goes before what it includes.
    private static TaskKeys Open(string file, int depth)
    {
        TaskKeys own = TaskKeys.Open(file);
        if (own.Text("include") is not string include)
        {
            return own;
        }

        return depth < DeepestInclude
            ? own.Over(Open(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, include), depth + 1))
            : throw own.Fault("include", "is nested too deep", $"expected at most {DeepestInclude} files that include each other");
    }

    private static OutputType Output(TaskKeys keys)
    {
        string name = keys.Text("output_type") ?? "generate_until";
        foreach ((string known, OutputType output) in Outputs)
        {
            if (known == name)
            {
                return output;
            }
        }

        throw keys.Fault("output_type", $"is `{name}`", $"expected {string.Join(", ", Outputs.Select(pair => $"`{pair.Name}`"))}");
    }

    private static FewshotSampling Sampling(TaskKeys keys)
    {
        TaskKeys? config = keys.Mapping("fewshot_config");
        config?.ExpectOnly(["sampler", "split"]);
        return config?.Text("sampler") switch
        {
            null or "default" => FewshotSampling.Random,
            "first_n" => FewshotSampling.First,
            string other => throw config.Fault("sampler", $"is `{other}`", "expected `default` or `first_n`"),
        };
    }

    private static TaskTemplate? Template(TaskKeys keys, string key) => keys.Text(key) is string text ? new TaskTemplate(text, keys.Place(key)) : null;

    private static Func<DataRow, IReadOnlyList<string>>? Choices(TaskKeys keys)
    {
        if (keys.Texts("doc_to_choice") is ImmutableArray<string> written)
        {
            return _ => written;
        }

        return Template(keys, "doc_to_choice") is TaskTemplate template ? template.Texts : null;
    }

    // Paths count from the task's own file where they are there, else from the current folder.
    private static ImmutableDictionary<string, ImmutableArray<string>> DataFiles(TaskKeys keys, string file)
    {
        TaskKeys? arguments = keys.Mapping("dataset_kwargs");
        arguments?.ExpectOnly(["data_files", "trust_remote_code"]);
        TaskKeys holder = arguments?.Has("data_files") == true ? arguments : keys;
        string Found(string path)
        {
            string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, path);
            return File.Exists(beside) ? beside : path;
        }

        TaskKeys? splits = holder.IsMapping("data_files") ? holder.Mapping("data_files") : null;
        ImmutableArray<string> Of(TaskKeys from, string key) => [.. (from.Texts(key) ?? [from.Text(key)!]).Select(Found)];
        return splits is not null
            ? splits.Names.ToImmutableDictionary(split => split, split => Of(splits, split), StringComparer.Ordinal)
            : holder.Has("data_files")
                ? ImmutableDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal).Add("train", Of(holder, "data_files"))
                : ImmutableDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);
    }
}
