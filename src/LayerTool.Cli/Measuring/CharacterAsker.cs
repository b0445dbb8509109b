using System.Collections.Immutable;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Evaluation.Diversity;
using LayerTool.Faults;
using LayerTool.Tokenization.Chat;

namespace LayerTool.Cli.Measuring;

/// <summary>Makes questions of prompts for random characters, as a model reads them.</summary>
internal static class CharacterAsker
{
    /// <summary>The prompts of a file, or the built-in ones.</summary>
    /// <exception cref="LayerToolException">The file is at fault.</exception>
    public static CharacterPrompts Prompts(string? file) => file is null ? CharacterPrompts.BuiltIn() : CharacterPrompts.ReadFile(file);

    /// <summary>The questions.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="template">File of a chat template, <c>none</c>, or null for the model's own.</param>
    /// <exception cref="LayerToolException">There is no template, or an answer is no single token.</exception>
    public static ImmutableArray<CharacterQuestion> Questions(OpenModel model, TokenizerOpener tokenizer, CharacterPrompts prompts, string? template) =>
        CharacterQuestion.Of(prompts, tokenizer.Open(), AsText(model.Sources.Main.Folder, template), model.Sources.Main.Config.VocabSize);

    /// <summary>The ids of a prompt up to where the answer begins.</summary>
    /// <exception cref="LayerToolException">There is no template.</exception>
    public static IReadOnlyList<int> Encode(OpenModel model, TokenizerOpener tokenizer, string prompt, string? template) =>
        AsText(model.Sources.Main.Folder, template) is { } asText
            ? tokenizer.Open().Encode(asText(prompt), addSpecialTokens: false)
            : tokenizer.Open().Encode(prompt, addSpecialTokens: true);

    private static Func<string, string>? AsText(string folder, string? template) => template switch
    {
        AutoRestoreRequest.NoTemplate => null,
        string file => AnswerPrompt.Of(ChatTemplate.Open(file, folder)),
        null => AnswerPrompt.Of(ChatTemplate.Find(folder) ?? throw new LayerToolException(
            $"{folder}: has no chat template to ask the prompts with", "ask without one with `--template none`, or give one with `--template FILE`")),
    };
}
