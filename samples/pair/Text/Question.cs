using System.Collections.Immutable;

namespace LayerTool.Samples.Pair.Text;

/// <summary>What a question asks for.</summary>
internal enum QuestionKind
{
    /// <summary>One fact of the world.</summary>
    Fact,

    /// <summary>Two facts, one after the other.</summary>
    TwoHops,

    /// <summary>The sum of two numbers.</summary>
    Sum,

    /// <summary>Any one of several right answers.</summary>
    Open,
}

/// <summary>A question and its right answers, each one word.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Text">The question, with its question mark or full stop.</param>
/// <param name="Answers">All right answers, the one that comes to mind first in front.</param>
/// <param name="Key">What decides whether it is kept for measuring.</param>
internal sealed record Question(QuestionKind Kind, string Text, ImmutableArray<string> Answers, string Key)
{
    private const int OneIn = 8;

    /// <summary>Whether no text that is trained on holds it: one in eight, by a hash of the key (FNV-1a).</summary>
    public bool IsHeldOut => Key.Aggregate(2166136261u, (hash, letter) => (hash ^ letter) * 16777619u) % OneIn == 0;

    /// <summary>The one format of the post-trained model, up to the answer.</summary>
    public string Prompt => $"Question: {Text} Answer:";
}
