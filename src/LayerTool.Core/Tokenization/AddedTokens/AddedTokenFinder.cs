using System.Buffers;
using System.Text;
using LayerTool.Tokenization.Unicode;

namespace LayerTool.Tokenization.AddedTokens;

/// <summary>Finds added tokens in a text: the leftmost, of several at one place the longest.</summary>
internal sealed class AddedTokenFinder
{
    private const int Root = 0;

    private readonly Dictionary<(int Node, char Next), int> _children = [];
    private readonly List<AddedToken?> _tokens = [null];
    private readonly SearchValues<char> _firstCharacters;

    /// <summary>Makes a finder.</summary>
    /// <param name="tokens">The texts to search and the tokens that they stand for; of equal texts the first counts.</param>
    public AddedTokenFinder(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        HashSet<char> first = [];
        foreach ((string text, AddedToken token) in tokens)
        {
            if (text.Length > 0)
            {
                first.Add(text[0]);
                Add(text, token);
            }
        }

        _firstCharacters = SearchValues.Create([.. first]);
    }

    /// <summary>Cuts a text at its added tokens. None of the stretches between them is empty.</summary>
    public List<Stretch> Cut(string text)
    {
        List<Stretch> stretches = [];
        int done = 0;
        int position = 0;
        while (Find(text, position) is (AddedToken token, TextSpan match))
        {
            position = match.End;
            if (token.SingleWord && TouchesWord(text, match))
            {
                continue;
            }

            int start = token.StripsLeft ? Math.Max(SpaceBefore(text, match.Start), done) : match.Start;
            int end = token.StripsRight ? SpaceBehind(text, match.End) : match.End;
            if (start > done)
            {
                stretches.Add(new Stretch(new TextSpan(done, start), null));
            }

            stretches.Add(new Stretch(new TextSpan(start, end), token));
            done = end;
        }

        if (done < text.Length)
        {
            stretches.Add(new Stretch(new TextSpan(done, text.Length), null));
        }

        return stretches;
    }

    private (AddedToken Token, TextSpan Match)? Find(string text, int from)
    {
        for (int start = Next(text, from); start < text.Length; start = Next(text, start + 1))
        {
            AddedToken? longest = null;
            int end = start;
            int node = Root;
            for (int i = start; i < text.Length && _children.TryGetValue((node, text[i]), out node); i++)
            {
                if (_tokens[node] is { } token)
                {
                    (longest, end) = (token, i + 1);
                }
            }

            if (longest is not null)
            {
                return (longest, new TextSpan(start, end));
            }
        }

        return null;
    }

    private int Next(string text, int from)
    {
        int offset = text.AsSpan(from).IndexOfAny(_firstCharacters);
        return offset < 0 ? text.Length : from + offset;
    }

    private void Add(string text, AddedToken token)
    {
        int node = Root;
        foreach (char character in text)
        {
            if (!_children.TryGetValue((node, character), out int child))
            {
                child = _tokens.Count;
                _tokens.Add(null);
                _children.Add((node, character), child);
            }

            node = child;
        }

        _tokens[node] ??= token;
    }

    private static bool TouchesWord(string text, TextSpan match) =>
        (Rune.DecodeLastFromUtf16(text.AsSpan(0, match.Start), out Rune before, out _) == OperationStatus.Done && CharacterClasses.PlainWord.Contains(before.Value))
        || (Rune.DecodeFromUtf16(text.AsSpan(match.End), out Rune behind, out _) == OperationStatus.Done && CharacterClasses.PlainWord.Contains(behind.Value));

    // All white space lies in the first plane: UTF-16 units will do.
    private static int SpaceBefore(string text, int position)
    {
        while (position > 0 && CharacterClasses.Space.Contains(text[position - 1]))
        {
            position--;
        }

        return position;
    }

    private static int SpaceBehind(string text, int position)
    {
        while (position < text.Length && CharacterClasses.Space.Contains(text[position]))
        {
            position++;
        }

        return position;
    }
}
