using System.Collections.Immutable;
using LayerTool.Evaluation.Diversity;
using LayerTool.Faults;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using LayerTool.Tokenization.Chat;
using Xunit;

namespace LayerTool.Tests.Evaluation.Diversity;

public sealed class CharacterQuestionTests
{
    private const int Vocabulary = 1024;
    private static readonly string Post = Path.Combine(SharedFiles.Repository, "samples", "pair", "post");

    private readonly Tokenizer _tokenizer = Tokenizer.Open(Post, TokenizerMode.Auto);

    [Fact]
    public void All_tokens_that_say_an_answer_are_its_own()
    {
        CharacterQuestion question = Ask("Pick a letter.", ["a", "b"], null);

        Assert.All(question.Answers.Index(), answer => Assert.All(answer.Item, id => Assert.Equal("ab"[answer.Index].ToString(), _tokenizer.Decode([id]).Trim())));
        Assert.Equal(["a", " a"], question.Answers[0].Select(id => _tokenizer.Decode([id])));
    }

    [Fact]
    public void A_prompt_goes_through_the_template_up_to_where_the_answer_begins()
    {
        CharacterQuestion question = Ask("Pick a letter.", ["a", "b"], AnswerPrompt.Of(ChatTemplate.Open(Post)));

        Assert.Equal("Question: Pick a letter. Answer:", _tokenizer.Decode(question.Ids));
    }

    [Theory]
    [InlineData("{{ messages[0]['content'] }}{% if enable_thinking is defined and not enable_thinking %} !{% endif %}", "P !")]
    [InlineData("{{ messages[0]['content'] }}<think>\n", "P<think>\n\n</think>\n\n")]
    public void A_model_that_thinks_is_asked_not_to(string template, string text)
    {
        Func<string, string> asText = AnswerPrompt.Of(ChatTemplate.Parse(template, ImmutableDictionary<string, string>.Empty, "test"));

        Assert.Equal(text, asText("P"));
    }

    [Fact]
    public void An_answer_of_several_tokens_is_named()
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => Ask("Pick.", ["a", "qzx"], null));

        Assert.Contains("prompt 0 of test: `qzx` is no single token of ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_without_tokens_is_refused()
    {
        LayerToolException fault = Assert.Throws<LayerToolException>(() => Ask("Pick.", ["a", "b"], _ => ""));

        Assert.Contains("prompt 0 of test has no tokens", fault.Message, StringComparison.Ordinal);
    }

    private CharacterQuestion Ask(string prompt, ImmutableArray<string> valid, Func<string, string>? asText) =>
        CharacterQuestion.Of(new CharacterPrompts("test", "", [new CharacterPrompt(prompt, valid, "all")]), _tokenizer, asText, Vocabulary)[0];
}
