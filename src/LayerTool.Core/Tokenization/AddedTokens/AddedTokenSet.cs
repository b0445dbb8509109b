using System.Diagnostics.CodeAnalysis;
using LayerTool.Faults;
using LayerTool.Tokenization.Models;
using LayerTool.Tokenization.Normalizers;

namespace LayerTool.Tokenization.AddedTokens;

/// <summary>The added tokens of a file, ready to be found and to be looked up.</summary>
internal sealed class AddedTokenSet
{
    private readonly Dictionary<int, AddedToken> _byId = [];
    private readonly Dictionary<string, AddedToken> _byContent = new(StringComparer.Ordinal);

    private AddedTokenSet(IEnumerable<AddedToken> tokens, INormalizer normalizer)
    {
        foreach (AddedToken given in tokens)
        {
            AddedToken token = given.Normalized ? given with { Spelling = normalizer.Normalize(new AlignedText(given.Content, null)).Value } : given;
            _byId.Add(token.Id, token);
            _byContent.Add(token.Content, token);
        }

        // Of two with one text after normalization the special one counts.
        AddedToken[] ordered = [.. _byId.Values.OrderBy(token => token.Special ? 0 : 1)];
        InText = new AddedTokenFinder(ordered.Where(token => !token.Normalized).Select(token => (token.Content, token)));
        InNormalizedText = new AddedTokenFinder(ordered.Where(token => token.Normalized).Select(token => (token.Spelling, token)));
    }

    /// <summary>All of them.</summary>
    public IEnumerable<AddedToken> All => _byId.Values;

    /// <summary>Finds the tokens that stand in the text as given.</summary>
    public AddedTokenFinder InText { get; }

    /// <summary>Finds, in what is left, those that stand in the normalized text.</summary>
    public AddedTokenFinder InNormalizedText { get; }

    /// <summary>The largest id; -1 where there is no added token.</summary>
    public int LargestId => _byId.Count == 0 ? -1 : _byId.Keys.Max();

    /// <summary>Reads <c>added_tokens</c>.</summary>
    /// <exception cref="LayerToolException">Two have one id or content, or one contradicts the model's vocabulary.</exception>
    public static IReadOnlyList<AddedToken> Read(TokenizerJson json, ITokenModel model)
    {
        Dictionary<string, AddedToken> tokens = new(StringComparer.Ordinal);
        HashSet<int> ids = [];
        foreach (TokenizerJson item in json.Objects("added_tokens"))
        {
            AddedToken token = AddedToken.Read(item);
            if (token.Content.Length == 0)
            {
                continue; // as the reference does
            }

            if (!ids.Add(token.Id) || !tokens.TryAdd(token.Content, token))
            {
                throw new LayerToolException($"{item.Where("content")} is `{token.Content}` with the id {token.Id}, and an added token before it has the same text or id", TokenizerJson.OwnFile);
            }

            if (model.Vocabulary.TryGetId(token.Content, out int id) && id != token.Id)
            {
                throw new LayerToolException($"{item.Where("id")} of `{token.Content}` is {token.Id}, and the vocabulary gives it {id}", TokenizerJson.OwnFile);
            }
        }

        return [.. tokens.Values];
    }

    /// <summary>A set of tokens.</summary>
    /// <param name="tokens">The tokens, of different ids and texts.</param>
    /// <param name="normalizer">What normalizes the text, and those that are searched in it then.</param>
    public static AddedTokenSet Of(IEnumerable<AddedToken> tokens, INormalizer normalizer) => new(tokens, normalizer);

    public bool TryGet(int id, [NotNullWhen(true)] out AddedToken? token) => _byId.TryGetValue(id, out token);

    public bool TryGet(string content, [NotNullWhen(true)] out AddedToken? token) => _byContent.TryGetValue(content, out token);
}
