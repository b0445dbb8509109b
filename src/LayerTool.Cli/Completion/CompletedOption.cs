using System.CommandLine;
using System.CommandLine.Completions;

namespace LayerTool.Cli.Completion;

/// <summary>What a shell needs to know of an option.</summary>
/// <param name="Names">Its name and its short form.</param>
/// <param name="Description">A few words.</param>
/// <param name="TakesValue">Whether a word belongs to it.</param>
/// <param name="MayRepeat">Whether it may be given again.</param>
/// <param name="Words">The values that it has; where there are none, any word, such as a file.</param>
internal sealed record CompletedOption(IReadOnlyList<string> Names, string Description, bool TakesValue, bool MayRepeat, IReadOnlyList<string> Words)
{
    /// <summary>Describes an option.</summary>
    public static CompletedOption Of(Option option)
    {
        bool takesValue = option.HelpName is not null;
        return new CompletedOption(
            [option.Name, .. option.Aliases.Where(alias => alias != option.Name).Order(StringComparer.Ordinal)],
            InShort(option.Description ?? ""),
            takesValue,
            option.Arity.MaximumNumberOfValues > 1,
            takesValue ? [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)] : []);
    }

    /// <summary>The first part of a description, without the marks of code: a menu has room for one line.</summary>
    public static string InShort(string description)
    {
        int end = description.AsSpan().IndexOfAny(";:.(");
        return (end > 0 ? description[..end] : description).Replace("`", "", StringComparison.Ordinal).Trim();
    }
}
