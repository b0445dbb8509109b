using System.Collections.Immutable;
using LayerTool.Evaluation.Likelihood;
using LayerTool.Evaluation.Metrics;
using LayerTool.Evaluation.Tasks;

namespace LayerTool.Evaluation;

/// <summary>Gathers the answers to documents, whose parts come in any order, and hands on those that are complete.</summary>
internal sealed class OpenDocuments
{
    private readonly int _plans;
    private readonly IReadOnlyList<PreparedTask> _tasks;
    private readonly IAnswerLog? _log;
    private readonly Dictionary<(int Task, int Document), Parts> _open = [];
    private readonly Dictionary<(int Task, int Document), ImmutableArray<ImmutableArray<RequestAnswer>>> _done = [];

    /// <param name="plans">Number of plans.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="log">Has answers of an earlier run, and takes those of this one; or null.</param>
    public OpenDocuments(int plans, IReadOnlyList<PreparedTask> tasks, IAnswerLog? log)
    {
        _plans = plans;
        _tasks = tasks;
        _log = log;
        for (int task = 0; task < tasks.Count; task++)
        {
            for (int document = 0; document < tasks[task].Documents.Length; document++)
            {
                if (log?.Find(tasks[task].Task.Name, tasks[task].Documents[document].Id) is ImmutableArray<ImmutableArray<RequestAnswer>> known)
                {
                    _done.Add((task, document), known);
                }
            }
        }
    }

    /// <summary>Documents of tasks of a kind that have no answers yet.</summary>
    public IEnumerable<(int Task, int Document)> Waiting(Func<OutputType, bool> kind) =>
        from task in Enumerable.Range(0, _tasks.Count)
        where kind(_tasks[task].Task.Output)
        from document in Enumerable.Range(0, _tasks[task].Documents.Length)
        where !_done.ContainsKey((task, document))
        select (task, document);

    /// <summary>Says of how many more parts the answers are going to be made.</summary>
    public void Expect(int task, int document, int parts)
    {
        if (!_open.TryGetValue((task, document), out Parts? open))
        {
            open = new Parts(_plans, _tasks[task].Documents[document].Requests.Length);
            _open.Add((task, document), open);
        }

        open.Missing += parts;
    }

    /// <summary>Hands a document on that needs no more answers: a text without a token.</summary>
    public void CloseIfComplete(int task, int document)
    {
        if (_open.TryGetValue((task, document), out Parts? open) && open.Missing == 0)
        {
            Close(task, document, open);
        }
    }

    /// <summary>Takes one part: sums of several are the answer.</summary>
    public void Add((int Task, int Document, int Request) owner, int tokens, IReadOnlyList<LikelihoodAnswer> byPlan)
    {
        Parts open = _open[(owner.Task, owner.Document)];
        for (int plan = 0; plan < _plans; plan++)
        {
            RequestAnswer before = open.Answers[plan][owner.Request];
            open.Answers[plan][owner.Request] = new RequestAnswer(
                before.LogLikelihood + byPlan[plan].LogLikelihood, before.IsGreedy && byPlan[plan].IsGreedy, before.Tokens + tokens);
        }

        open.Missing--;
        CloseIfComplete(owner.Task, owner.Document);
    }

    /// <summary>Takes the whole answers to a document.</summary>
    public void Add(int task, int document, ImmutableArray<ImmutableArray<RequestAnswer>> byPlan)
    {
        _done.Add((task, document), byPlan);
        _log?.Write(_tasks[task].Task.Name, _tasks[task].Documents[document].Id, byPlan);
    }

    /// <summary>For each plan the results of the tasks, once every document is complete.</summary>
    public ImmutableArray<ImmutableArray<TaskResult>> Results(int bootstrapIterations) =>
    [
        .. Enumerable.Range(0, _plans).Select(plan => (ImmutableArray<TaskResult>)
        [
            .. _tasks.Select((task, number) =>
            {
                DocumentScorer scorer = new(task.Task);
                return TaskResult.Of(
                    task, task.Documents.Select((document, index) => scorer.Score(document, _done[(number, index)][plan])), bootstrapIterations);
            }),
        ]),
    ];

    private void Close(int task, int document, Parts open)
    {
        _open.Remove((task, document));
        Add(task, document, [.. open.Answers.Select(answers => answers.ToImmutableArray())]);
    }

    private sealed class Parts(int plans, int requests)
    {
        public int Missing { get; set; }

        public RequestAnswer[][] Answers { get; } =
            [.. Enumerable.Range(0, plans).Select(_ => Enumerable.Repeat(new RequestAnswer(0, true, 0), requests).ToArray())];
    }
}
