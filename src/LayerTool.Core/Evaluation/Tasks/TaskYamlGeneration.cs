using System.Collections.Immutable;

namespace LayerTool.Evaluation.Tasks;

/// <summary>How a task's file lets a model write, and takes the answer out of the text.</summary>
internal static class TaskYamlGeneration
{
    /// <summary>Reads <c>generation_kwargs</c>.</summary>
    /// <param name="keys">The file.</param>
    /// <param name="delimiter">What ends a shot: the stop string where the file names none.</param>
    public static GenerationRules Read(TaskKeys keys, string delimiter)
    {
        TaskKeys? rules = keys.Mapping("generation_kwargs");
        rules?.ExpectOnly(["until", "do_sample", "temperature", "max_gen_toks", "max_new_tokens"]);
        ImmutableArray<string> until = rules?.Texts("until") ?? (rules?.Text("until") is string one ? [one] : [delimiter]);
        double? most = rules?.Number("max_gen_toks") ?? rules?.Number("max_new_tokens");
        if (most is double count && (count < 1 || count > 1 << 20 || Math.Floor(count) != count))
        {
            throw rules!.Fault(rules.Has("max_gen_toks") ? "max_gen_toks" : "max_new_tokens", "is no number of tokens", "expected a whole number from 1 on");
        }

        double temperature = rules?.Number("temperature") ?? 0;
        return new GenerationRules(until, (int)(most ?? 256)) { Temperature = temperature, Sample = rules?.Flag("do_sample") ?? temperature > 0 };
    }

    /// <summary>Reads <c>filter_list</c>.</summary>
    public static ImmutableArray<AnswerFilter> Filters(TaskKeys keys)
    {
        ImmutableArray<AnswerFilter> filters =
            [.. keys.Mappings("filter_list").Select(filter => new AnswerFilter(filter.Text("name") ?? throw filter.Missing("name"), [.. filter.Mappings("filter").SelectMany(Steps)]))];
        return filters.IsEmpty ? [AnswerFilter.None] : filters;
    }

    private static FilterStep[] Steps(TaskKeys step)
    {
        string name = step.Text("function") ?? throw step.Missing("function");
        step.ExpectOnly(name == "regex" ? ["function", "regex_pattern", "group_select", "fallback"] : ["function"]);
        return name switch
        {
            "take_first" => [], // there is one text
            "lowercase" => [new LowerCaseStep()],
            "remove_whitespace" => [new RemoveWhitespaceStep()],
            "regex" => [new RegexStep(step.Text("regex_pattern") ?? @"#### (\-?[0-9\.\,]+)", (int)(step.Number("group_select") ?? 0), step.Text("fallback") ?? "[invalid]")],
            _ => throw step.Fault("function", $"is `{name}`, which is not handled", "expected `regex`, `lowercase`, `remove_whitespace` or `take_first`"),
        };
    }
}
