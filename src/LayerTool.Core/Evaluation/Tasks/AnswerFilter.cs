using System.Collections.Immutable;

namespace LayerTool.Evaluation.Tasks;

/// <summary>A way to take the answer out of what a model wrote: steps, one after another. Each filter gives results of its own.</summary>
/// <param name="Name">Its name in results: <c>exact_match,NAME</c>.</param>
/// <param name="Steps">The steps.</param>
public sealed record AnswerFilter(string Name, ImmutableArray<FilterStep> Steps)
{
    /// <summary>The filter that changes nothing.</summary>
    public static AnswerFilter None { get; } = new("none", []);

    /// <summary>The answer in a text.</summary>
    public string Apply(string text) => Steps.Aggregate(text, (current, step) => step.Apply(current));
}
