using System.Collections.Immutable;
using LayerTool.Data;

namespace LayerTool.Evaluation.Tasks;

/// <summary>What a task makes of one row.</summary>
/// <param name="Row">The row.</param>
/// <param name="Question">The text in front of the answer; empty where <paramref name="Inputs"/> are given.</param>
/// <param name="Inputs">Texts in front of one and the same answer, of which one is right; empty as a rule.</param>
/// <param name="Choices">Possible answers; where there are inputs, those.</param>
/// <param name="Target">The right answer.</param>
/// <param name="Gold">Number of the right choice, or those of several; empty where the target names none that is there.</param>
public sealed record TaskDocument(
    DataRow Row, string Question, ImmutableArray<string> Inputs, ImmutableArray<string> Choices, TaskTarget Target, ImmutableArray<int> Gold)
{
    /// <summary>The question of this document as a shot in front of another.</summary>
    public string ShotQuestion => Inputs.IsEmpty ? Question : Gold.Length > 0 ? Inputs[Gold[0]] : Inputs[0];

    /// <summary>The answer of this document as a shot in front of another.</summary>
    public string? ShotAnswer => Target.Answer(Choices);
}
