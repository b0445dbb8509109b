using System.Diagnostics.CodeAnalysis;
using LayerTool.Faults;

namespace LayerTool.Tokenization;

/// <summary>Tokens and their ids, both ways.</summary>
internal sealed class TokenVocabulary
{
    /// <summary>Above every vocabulary there is; a table of this size is small.</summary>
    public const int LargestId = (1 << 22) - 1;

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idsBySpan;
    private readonly string?[] _tokens;

    /// <summary>Makes a vocabulary.</summary>
    /// <param name="ids">Each token's id, from 0 to <see cref="LargestId"/>.</param>
    /// <param name="where">File and field, for messages.</param>
    /// <exception cref="LayerToolException">Two tokens have one id.</exception>
    public TokenVocabulary(Dictionary<string, int> ids, string where)
    {
        _ids = ids;
        _idsBySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _tokens = new string?[ids.Count == 0 ? 0 : ids.Values.Max() + 1];
        foreach ((string token, int id) in ids)
        {
            if (_tokens[id] is { } other)
            {
                throw new LayerToolException($"{where} gives the id {id} to two tokens, `{other}` and `{token}`", TokenizerJson.OwnFile);
            }

            _tokens[id] = token;
        }
    }

    /// <summary>The largest id and one; ids below it may be free.</summary>
    public int Size => _tokens.Length;

    /// <summary>The tokens and their ids.</summary>
    public IReadOnlyDictionary<string, int> Ids => _ids;

    public bool TryGetId(ReadOnlySpan<char> token, out int id) => _idsBySpan.TryGetValue(token, out id);

    public bool TryGetToken(int id, [NotNullWhen(true)] out string? token)
    {
        token = id >= 0 && id < _tokens.Length ? _tokens[id] : null;
        return token is not null;
    }
}
