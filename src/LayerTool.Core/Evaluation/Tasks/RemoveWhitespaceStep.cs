using LayerTool.Tokenization.Templates;

namespace LayerTool.Evaluation.Tasks;

/// <summary>Deletes white space at the start (<c>remove_whitespace</c>).</summary>
public sealed record RemoveWhitespaceStep : FilterStep
{
    /// <inheritdoc />
    public override string Apply(string text) => PythonSpace.TrimStart(text);
}
