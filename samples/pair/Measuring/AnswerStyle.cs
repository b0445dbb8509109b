using System.Text.RegularExpressions;
using LayerTool.Generation;
using LayerTool.Samples.Pair.Text;

namespace LayerTool.Samples.Pair.Measuring;

/// <summary>Reads an answer as the model wrote it.</summary>
internal static partial class AnswerStyle
{
    /// <summary>Whether it is one word and nothing else.</summary>
    public static bool IsInFormat(GeneratedText answer) => answer.End == GenerationEnd.StopToken && OneWord().IsMatch(answer.Text);

    /// <summary>Whether it is in format and right.</summary>
    public static bool IsExact(GeneratedText answer, Question question) => IsInFormat(answer) && question.Answers.Contains(answer.Text.Trim());

    /// <summary>The first right answer among the words written, in whatever format; null where there is none.</summary>
    public static string? RightAnswer(GeneratedText answer, Question question) =>
        Word().Matches(answer.Text).Select(match => match.Value).FirstOrDefault(word => question.Answers.Contains(word));

    [GeneratedRegex(@"\A ([A-Za-z]+|[0-9]+)\z")]
    private static partial Regex OneWord();

    [GeneratedRegex("[A-Za-z]+|[0-9]+")]
    private static partial Regex Word();
}
