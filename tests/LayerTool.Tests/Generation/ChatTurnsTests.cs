using LayerTool.Generation;
using LayerTool.Tests.Support;
using LayerTool.Tokenization;
using LayerTool.Tokenization.Chat;
using Xunit;

namespace LayerTool.Tests.Generation;

public sealed class ChatTurnsTests
{
    private const string Roles = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}{END}\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    [Theory]
    [InlineData("<|im_end|>", "<|im_end|>")]
    [InlineData("  <|endoftext|>", "<|endoftext|>")]
    [InlineData(" that is all", null)]
    [InlineData("", null)]
    public void The_special_token_behind_an_answer_ends_a_turn(string end, string? token)
    {
        (ChatTurns turns, Tokenizer tokenizer) = Turns(Roles.Replace("{END}", end, StringComparison.Ordinal));

        int? found = turns.EndOfTurn(new ChatRequest(default));

        Assert.Equal(token, found is int id ? tokenizer.Token(id) : null);
    }

    [Fact]
    public void A_template_that_refuses_a_made_up_answer_ends_no_turn()
    {
        (ChatTurns turns, _) = Turns("{{ raise_exception('a system turn first, please') }}");

        Assert.Null(turns.EndOfTurn(new ChatRequest(default)));
    }

    [Fact]
    public void A_prompt_ends_where_the_models_turn_begins_and_special_tokens_stand_once()
    {
        (ChatTurns turns, Tokenizer tokenizer) = Turns(Roles.Replace("{END}", "<|im_end|>", StringComparison.Ordinal));

        IReadOnlyList<int> prompt = turns.Prompt(new ChatRequest(ChatTurns.Messages(("user", "Hi"))));

        Assert.Equal("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", tokenizer.Decode(prompt));
    }

    private static (ChatTurns Turns, Tokenizer Tokenizer) Turns(string template)
    {
        Tokenizer tokenizer = Tokenizer.Open(SharedFiles.Find("tokenizers/smollm2"), TokenizerMode.Auto);
        return (new ChatTurns(ChatTemplate.Parse(template, new Dictionary<string, string>(), "template"), tokenizer), tokenizer);
    }
}
