using LayerTool.Python;

namespace LayerTool.Evaluation.Tasks;

/// <summary>Puts the text in lower case (<c>lowercase</c>).</summary>
public sealed record LowerCaseStep : FilterStep
{
    /// <inheritdoc />
    public override string Apply(string text) => LetterCase.Lower(text);
}
