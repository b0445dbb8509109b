using System.CommandLine;

namespace LayerTool.Cli.Options;

/// <summary>
/// An option whose value is one of a few words, which shells can complete. Not for a bool whose words are others than <c>true</c> and
/// <c>false</c>: the parser would not take them for its value.
/// </summary>
internal sealed class ChoiceOption<T> : Option<T>
{
    public ChoiceOption(string name, params (string Word, T Value)[] words)
        : base(name)
    {
        CustomParser = Syntax.OneOf(words);
        CompletionSources.Clear(); // an enum's own names are not the words
        CompletionSources.Add([.. words.Select(pair => pair.Word)]);
    }
}
