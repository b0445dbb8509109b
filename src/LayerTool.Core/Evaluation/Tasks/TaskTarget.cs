using System.Collections.Immutable;
using System.Globalization;

namespace LayerTool.Evaluation.Tasks;

/// <summary>The right answer to a document: the number of a choice, a text, or several of either.</summary>
public sealed record TaskTarget
{
    private TaskTarget(ImmutableArray<int> indices, ImmutableArray<string> texts, bool isList)
    {
        Indices = indices;
        Texts = texts;
        IsList = isList;
    }

    /// <summary>Numbers of right choices; empty where the answer is a text.</summary>
    public ImmutableArray<int> Indices { get; }

    /// <summary>Right texts; empty where the answer is a number.</summary>
    public ImmutableArray<string> Texts { get; }

    /// <summary>Whether any of several is right.</summary>
    public bool IsList { get; }

    /// <summary>A choice by its number.</summary>
    public static TaskTarget Choice(int index) => new([index], [], isList: false);

    /// <summary>A text.</summary>
    public static TaskTarget Text(string text) => new([], [text], isList: false);

    /// <summary>Any of several choices.</summary>
    public static TaskTarget AnyChoice(IEnumerable<int> indices) => new([.. indices], [], isList: true);

    /// <summary>Any of several texts.</summary>
    public static TaskTarget AnyText(IEnumerable<string> texts) => new([], [.. texts], isList: true);

    /// <summary>The text that stands for it in a prompt: the choice, or the first text.</summary>
    /// <param name="choices">The document's choices.</param>
    /// <returns>Null where it names a choice that is not there, or nothing.</returns>
    public string? Answer(ImmutableArray<string> choices) => Texts.Length > 0
        ? Texts[0]
        : Indices.Length > 0 && Indices[0] >= -choices.Length && Indices[0] < choices.Length ? choices[Indices[0] < 0 ? Indices[0] + choices.Length : Indices[0]] : null;

    /// <inheritdoc />
    public override string ToString()
    {
        string[] items = [.. Texts.IsEmpty ? Indices.Select(index => index.ToString(CultureInfo.InvariantCulture)) : Texts];
        return IsList ? $"[{string.Join(", ", items)}]" : items[0];
    }
}
