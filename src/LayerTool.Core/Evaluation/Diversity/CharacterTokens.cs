using System.Collections.Immutable;
using LayerTool.Faults;
using LayerTool.Tokenization;

namespace LayerTool.Evaluation.Diversity;

/// <summary>The tokens that say an answer: all whose text, without spaces around it, is that answer, such as <c>a</c> and <c> a</c>.</summary>
internal sealed class CharacterTokens
{
    private readonly Dictionary<string, ImmutableArray<int>.Builder> _tokens;
    private readonly Tokenizer _tokenizer;

    /// <summary>Looks through the vocabulary once.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="vocabularySize">Ids that the model gives a probability to.</param>
    /// <param name="answers">The answers that are going to be asked for.</param>
    public CharacterTokens(Tokenizer tokenizer, int vocabularySize, IEnumerable<string> answers)
    {
        _tokenizer = tokenizer;
        _tokens = answers.Distinct(StringComparer.Ordinal).ToDictionary(answer => answer, _ => ImmutableArray.CreateBuilder<int>(), StringComparer.Ordinal);
        for (int id = 0; id < Math.Min(vocabularySize, tokenizer.VocabularySize); id++)
        {
            if (_tokens.TryGetValue(tokenizer.Decode([id], skipSpecialTokens: true).Trim(' '), out ImmutableArray<int>.Builder? found))
            {
                found.Add(id);
            }
        }
    }

    /// <summary>The tokens of an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="place">Where it is asked for, for messages.</param>
    /// <exception cref="LayerToolException">No single token says it.</exception>
    public ImmutableArray<int> Of(string answer, string place) => _tokens[answer] is { Count: > 0 } found
        ? found.ToImmutable()
        : throw new LayerToolException(
            $"{place}: {Quoted.Text(answer)} is no single token of {_tokenizer.File}",
            "leave it out of `valid`, in a file of prompts of your own");
}
