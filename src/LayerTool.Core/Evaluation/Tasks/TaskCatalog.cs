using System.Collections.Immutable;
using LayerTool.Faults;

namespace LayerTool.Evaluation.Tasks;

/// <summary>The tasks and groups that can be named.</summary>
public sealed class TaskCatalog
{
    private readonly ImmutableDictionary<string, EvaluationTask> _tasks;
    private readonly ImmutableDictionary<string, TaskGroup> _groups;

    /// <summary>The built-in ones, and more.</summary>
    /// <param name="more">Tasks of files; one that has the name of a built-in task takes its place.</param>
    public TaskCatalog(IEnumerable<EvaluationTask>? more = null)
    {
        _tasks = ImmutableDictionary.CreateRange(StringComparer.Ordinal, BuiltInTasks.All.Select(task => KeyValuePair.Create(task.Name, task)))
            .SetItems((more ?? []).Select(task => KeyValuePair.Create(task.Name, task)));
        _groups = ImmutableDictionary.CreateRange(StringComparer.Ordinal, BuiltInTasks.Groups.Select(group => KeyValuePair.Create(group.Name, group)));
    }

    /// <summary>All tasks, by name.</summary>
    public IEnumerable<EvaluationTask> Tasks => _tasks.Values.OrderBy(task => task.Name, StringComparer.Ordinal);

    /// <summary>All groups, by name.</summary>
    public IEnumerable<TaskGroup> Groups => _groups.Values.OrderBy(group => group.Name, StringComparer.Ordinal);

    /// <summary>What names stand for.</summary>
    /// <param name="names">Names of tasks and groups.</param>
    /// <returns>The tasks, each once, and the groups that are reported.</returns>
    /// <exception cref="LayerToolException">A name is not known; the nearest ones are told.</exception>
    public TaskSelection Select(IEnumerable<string> names)
    {
        List<EvaluationTask> tasks = [];
        List<TaskGroup> groups = [];
        foreach (string name in names)
        {
            Add(name, tasks, groups);
        }

        return new TaskSelection([.. tasks.DistinctBy(task => task.Name)], [.. groups.DistinctBy(group => group.Name)]);
    }

    private void Add(string name, List<EvaluationTask> tasks, List<TaskGroup> groups)
    {
        if (_groups.TryGetValue(name, out TaskGroup? group))
        {
            groups.Add(group);
            foreach (string member in group.Members)
            {
                Add(member, tasks, groups);
            }
        }
        else if (_tasks.TryGetValue(name, out EvaluationTask? task))
        {
            tasks.Add(task);
        }
        else
        {
            string? nearest = Spelling.Nearest(name, _tasks.Keys.Concat(_groups.Keys));
            throw new LayerToolException(
                $"there is no task {Quoted.Text(name)}",
                nearest is null ? "`layertool eval --list-tasks` shows what there is; a task of your own is a YAML file" : $"did you mean `{nearest}`? `layertool eval --list-tasks` shows what there is");
        }
    }
}
