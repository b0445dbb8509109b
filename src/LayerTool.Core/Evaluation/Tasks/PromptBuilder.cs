using LayerTool.Faults;
using LayerTool.Tokenization.Templates;

namespace LayerTool.Evaluation.Tasks;

/// <summary>Puts description, shots and question together, as plain text or through a chat template.</summary>
/// <param name="task">The task.</param>
/// <param name="style">How turns become text.</param>
public sealed class PromptBuilder(EvaluationTask task, PromptStyle style)
{
    /// <summary>Between the context and each answer: none where a chat template has opened the answer's turn.</summary>
    public string TargetDelimiter => style.ChatTemplate is null ? task.TargetDelimiter : "";

    /// <summary>The text in front of the answer; several where the document has several inputs.</summary>
    /// <param name="document">The evaluated document.</param>
    /// <param name="shots">Answered documents in front of it.</param>
    public IReadOnlyList<string> Contexts(TaskDocument document, IReadOnlyList<TaskDocument> shots)
    {
        List<PromptTurn> before = [];
        string system = Joined(style.SystemInstruction, task.Description);
        if (system.Length > 0)
        {
            before.Add(new PromptTurn("system", system));
        }

        foreach (TaskDocument shot in shots)
        {
            Add(before, shot);
        }

        IReadOnlyList<string> questions = document.Inputs.IsEmpty ? [document.Question] : document.Inputs;
        return [.. questions.Select(question => Text([.. before, new PromptTurn("user", question)]))];
    }

    private void Add(List<PromptTurn> turns, TaskDocument shot)
    {
        string answer = shot.ShotAnswer
            ?? throw new LayerToolException($"{shot.Row.Place}: the gold of task `{task.Name}` names no choice, and the row is drawn as a shot", "correct the row, or take it out");
        if (answer.Length == 0)
        {
            turns.Add(new PromptTurn("user", shot.ShotQuestion));
            return;
        }

        turns.Add(new PromptTurn("user", shot.ShotQuestion) { Delimiter = task.TargetDelimiter });
        turns.Add(new PromptTurn("assistant", answer) { Delimiter = task.FewshotDelimiter });
    }

    private string Text(IReadOnlyList<PromptTurn> turns)
    {
        if (style.ChatTemplate is null)
        {
            return Plain(turns);
        }

        return style.ChatTemplate(style.ShotsAsTurns ? turns : OneQuestion(turns));
    }

    private static PromptTurn[] OneQuestion(IReadOnlyList<PromptTurn> turns)
    {
        int system = turns[0].Role == "system" ? 1 : 0;
        return [.. turns.Take(system), new PromptTurn("user", Plain(turns.Skip(system)))];
    }

    private static string Plain(IEnumerable<PromptTurn> turns) => string.Concat(turns.Select(turn => turn.Content + turn.Delimiter));

    // A blank line between the two, unless one of them brings white space along.
    private string Joined(string? instruction, string description)
    {
        if (string.IsNullOrEmpty(instruction) || description.Length == 0)
        {
            return instruction + description;
        }

        bool spaced = PythonSpace.IsSpace(instruction[^1]) || PythonSpace.IsSpace(description[0]);
        return instruction + (spaced ? "" : task.FewshotDelimiter) + description;
    }
}
