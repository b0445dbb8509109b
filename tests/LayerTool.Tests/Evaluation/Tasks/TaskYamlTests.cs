using LayerTool.Evaluation.Tasks;
using LayerTool.Faults;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Evaluation.Tasks;

public sealed class TaskYamlTests : IDisposable
{
    private const string Arc = """
        task: my_arc
        dataset_path: json
        data_files:
          test: test.jsonl
          train: train.jsonl
        output_type: multiple_choice
        training_split: train
        test_split: test
        doc_to_text: "Question: {{question}}\nAnswer:"
        doc_to_target: "{{choices.label.index(answerKey)}}"
        doc_to_choice: "{{choices.text}}"
        metric_list:
          - metric: acc
            aggregation: mean
            higher_is_better: true
          - metric: acc_norm
        metadata:
          version: 1.5
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_with_the_keys_of_arc_asks_what_arc_asks()
    {
        foreach (string split in (string[])["test", "train"])
        {
            File.Copy(SharedFiles.Find($"data/arc_easy/{split}.jsonl"), _folder.File($"{split}.jsonl"));
        }

        PreparedTask own = Prepare(TaskYaml.Read(_folder.Write("task.yaml", Arc)), null);
        PreparedTask builtIn = Prepare(BuiltInTasks.All.Single(task => task.Name == "arc_easy"), SharedFiles.Find("data"));

        Assert.Equal(1.5, own.Task.Version);
        Assert.Equal([MetricKind.Accuracy, MetricKind.AccuracyByCharacters], own.Task.Metrics);
        Assert.Equal(builtIn.Documents.SelectMany(document => document.Requests), own.Documents.SelectMany(document => document.Requests));
        Assert.Equal(builtIn.Documents.Select(document => document.Document.Gold[0]), own.Documents.Select(document => document.Document.Gold[0]));
    }

    [Fact]
    public void Columns_lists_and_rules_of_generation_are_read()
    {
        _folder.Write("rows.jsonl", """{"q": "Two and two?", "a": ["4", "four"], "n": 1}""");
        _folder.Write("base.yaml", """
            output_type: generate_until
            doc_to_text: q
            doc_to_target: n
            generation_kwargs: {until: ["\n"], max_gen_toks: 7}
            filter_list:
              - name: first-word
                filter:
                  - function: regex
                    regex_pattern: "(?P<word>[a-z0-9]+)"
                  - function: take_first
            metric_list:
              - metric: exact_match
                ignore_case: true
            """);
        EvaluationTask task = TaskYaml.Read(_folder.Write("task.yaml", """
            include: base.yaml
            task: sums
            data_files: rows.jsonl
            training_split: train
            doc_to_target: a
            """));

        TaskDocument document = task.Document(new TaskFiles(null, new DataSetCache(_folder.Path)).Rows(task, "train")[0]);

        Assert.Equal("sums", task.Name);
        Assert.Equal("Two and two?", document.Question);
        Assert.Equal(["4", "four"], document.Target.Texts);
        Assert.Equal(7, task.Generation!.MaxNewTokens);
        Assert.Equal(["\n"], task.Generation.Until);
        Assert.Equal("four", task.Filters.Single().Apply(" ...four!"));
        Assert.True(task.ExactMatch.IgnoreCase);
    }

    [Theory]
    [InlineData("doc_to_text: !function utils.text", "line 9: `doc_to_text` is the Python function `utils.text`, which LayerTool does not run")]
    [InlineData("process_docs: !function utils.clean", "`process_docs` is the Python function `utils.clean`")]
    [InlineData("num_fewshots: 3", "`num_fewshots` is not handled")]
    [InlineData("output_type: multi_choice", "`output_type` is `multi_choice`")]
    [InlineData("doc_to_target: \"{{choices.label.index(}}\"", "`doc_to_target`")]
    [InlineData("metric_list: [{metric: bleu}]", "`metric_list[0].metric` is `bleu`, which is not known")]
    [InlineData("num_fewshot: many", "`num_fewshot` is no number")]
    public void What_cannot_be_meant_is_refused_with_file_and_key(string line, string expected)
    {
        string key = line.Split(':')[0];
        IEnumerable<string> rest = Arc.ReplaceLineEndings("\n").Split('\n').Where(other => !other.StartsWith(key + ":", StringComparison.Ordinal));
        string text = string.Join('\n', key == "doc_to_text" ? rest.Take(8).Append(line).Concat(rest.Skip(8)) : rest.Where(other => key != "metric_list" || !other.StartsWith(' ')).Append(line));

        LayerToolException fault = Assert.Throws<LayerToolException>(() => TaskYaml.Read(_folder.Write("task.yaml", text)));

        Assert.Contains("task.yaml", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.NotEmpty(fault.Hint);
    }

    [Fact]
    public void A_template_that_names_no_column_is_told_with_the_row()
    {
        _folder.Write("test.jsonl", """{"question": "a", "choices": {"text": ["x"], "label": ["A"]}, "answerKey": "A"}""");
        EvaluationTask task = TaskYaml.Read(_folder.Write("task.yaml", Arc.Replace("{{question}}", "\\n{{ querstion }}", StringComparison.Ordinal)));

        LayerToolException fault = Assert.Throws<LayerToolException>(() => Prepare(task, null));

        Assert.Contains("`doc_to_text`, line 2 of the template: UndefinedError: 'querstion' is undefined", fault.Message, StringComparison.Ordinal);
        Assert.Contains("`question`", fault.Hint, StringComparison.Ordinal);
    }

    private PreparedTask Prepare(EvaluationTask task, string? data) => PreparedTask.Prepare(
        task, new TaskFiles(data, new DataSetCache(_folder.Path)), new TaskOptions { Shots = data is null && !File.Exists(_folder.File("train.jsonl")) ? 0 : 2, Limit = 20 }, TestContext.Current.CancellationToken);
}
