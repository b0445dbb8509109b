using System.Collections.Immutable;

namespace LayerTool.Evaluation.Tasks;

/// <summary>A document with its shots and what is asked of the model.</summary>
/// <param name="Document">The document.</param>
/// <param name="Shots">Rows of the pool, in the order of the prompt.</param>
/// <param name="Requests">The requests, in the order of the choices; for mutual information the choices on their own behind them.</param>
public sealed record PreparedDocument(TaskDocument Document, ImmutableArray<int> Shots, ImmutableArray<TextRequest> Requests)
{
    /// <summary>The document's row in its file.</summary>
    public int Id => Document.Row.Number;
}
