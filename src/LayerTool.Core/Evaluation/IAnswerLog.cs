using System.Collections.Immutable;
using LayerTool.Evaluation.Metrics;

namespace LayerTool.Evaluation;

/// <summary>Keeps answers as they come, so that a stopped run can be taken up.</summary>
public interface IAnswerLog
{
    /// <summary>The answers to a document that are there already: for each plan one a request; null where there are none.</summary>
    /// <param name="task">Name of the task.</param>
    /// <param name="document">The document's row in its file.</param>
    ImmutableArray<ImmutableArray<RequestAnswer>>? Find(string task, int document);

    /// <summary>Takes the answers to a document.</summary>
    /// <param name="task">Name of the task.</param>
    /// <param name="document">The document's row in its file.</param>
    /// <param name="answers">For each plan one a request.</param>
    void Write(string task, int document, ImmutableArray<ImmutableArray<RequestAnswer>> answers);
}
