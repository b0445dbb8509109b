using System.Buffers;
using System.Text;
using LayerTool.Faults;
using LayerTool.Tokenization.PreTokenizers;

namespace LayerTool.Tokenization.Models;

/// <summary>
/// Unigram language model: of all ways to put a piece together from tokens, the one whose scores add up to the most
/// (https://arxiv.org/abs/1804.10959).
/// </summary>
/// <param name="vocabulary">The tokens.</param>
/// <param name="trie">Those that may be found in text, and their ids.</param>
/// <param name="scores">The logarithm of each token's probability, by id.</param>
/// <param name="unknown">The token of characters that none begins with, and its score; none where such text is at fault.</param>
internal sealed class UnigramModel(TokenVocabulary vocabulary, PrefixTrie trie, double[] scores, (int Id, double Score)? unknown) : ITokenModel
{
    private readonly WordCache _cache = new();

    /// <inheritdoc />
    public string Kind => "Unigram";

    /// <inheritdoc />
    public TokenVocabulary Vocabulary { get; } = vocabulary;

    /// <summary>The token of each byte, for characters that the vocabulary lacks; null where there is no byte fallback.</summary>
    public int[]? ByteTokens { get; init; }

    /// <summary>Whether sums are kept in single precision, which decides between ways of equal score.</summary>
    public bool SinglePrecision { get; init; }

    /// <inheritdoc />
    public void Encode(Pieces pieces, TokenSink sink)
    {
        foreach (TextSpan span in pieces.Spans)
        {
            ReadOnlySpan<char> piece = pieces[span];
            if (sink.IsTracked || piece.Length > WordCache.LongestWord)
            {
                AddTokens(pieces.Text, span, sink);
                continue;
            }

            if (!_cache.TryGet(piece, out int[]? tokens))
            {
                int before = sink.Ids.Count;
                AddTokens(pieces.Text, span, sink);
                _cache.Add(piece, [.. sink.Ids.Skip(before)]);
                continue;
            }

            sink.Ids.AddRange(tokens);
        }
    }

    private void AddTokens(AlignedText text, TextSpan span, TokenSink sink)
    {
        Node[] best = ArrayPool<Node>.Shared.Rent(span.Length + 1);
        try
        {
            ReadOnlySpan<char> piece = text.Value.AsSpan(span.Start, span.Length);
            FindPath(piece, best.AsSpan(0, piece.Length + 1));
            int used = TurnPath(piece.Length, best);
            for (int i = 0; i < used; i++)
            {
                AddToken(best[i].Id, text, new TextSpan(span.Start + best[i].Start, span.Start + best[i].End), sink);
            }
        }
        finally
        {
            ArrayPool<Node>.Shared.Return(best);
        }
    }

    private void FindPath(ReadOnlySpan<char> piece, Span<Node> best)
    {
        best.Fill(Node.Unreached);
        best[0] = best[0] with { Score = 0 };
        int width;
        for (int start = 0; start < piece.Length; start += width)
        {
            width = char.IsHighSurrogate(piece[start]) && start + 1 < piece.Length ? 2 : 1;
            bool single = false;
            int node = PrefixTrie.Root;
            for (int end = start + 1; end <= piece.Length && (node = trie.Next(node, piece[end - 1])) != PrefixTrie.None; end++)
            {
                if (trie.ValueAt(node) is int id and not PrefixTrie.None)
                {
                    Offer(best, start, end, id, scores[id]);
                    single |= end - start == width;
                }
            }

            if (!single)
            {
                (int id, double score) = unknown ?? throw NoUnknown(piece, start);
                Offer(best, start, start + width, id, score);
            }
        }
    }

    private void Offer(Span<Node> best, int start, int end, int id, double score)
    {
        double candidate = SinglePrecision ? (float)score + (float)best[start].Score : score + best[start].Score;
        if (best[end].Start < 0 || candidate > best[end].Score)
        {
            best[end] = new Node(candidate, start, end, id);
        }
    }

    // Walks back from the end and writes the nodes of the path to the front, neighbouring unknown ones as one.
    private int TurnPath(int length, Node[] best)
    {
        int first = length + 1;
        for (int end = length; end > 0;)
        {
            Node node = best[end];
            end = node.Start;
            bool joins = first <= length && node.Id == unknown?.Id && best[first].Id == node.Id;
            if (joins)
            {
                best[first] = best[first] with { Start = node.Start };
            }
            else
            {
                best[--first] = node;
            }
        }

        int count = length + 1 - first;
        Array.Copy(best, first, best, 0, count);
        return count;
    }

    private void AddToken(int id, AlignedText text, TextSpan span, TokenSink sink)
    {
        if (id != unknown?.Id || Vocabulary.TryGetId(text.Value.AsSpan(span.Start, span.Length), out id))
        {
            sink.Add(id, text, span);
            return;
        }

        int[]? bytes = ByteTokens is null ? null : BytesOf(text.Value.AsSpan(span.Start, span.Length));
        if (bytes is null || bytes.Contains(BpeModel.NoToken))
        {
            sink.Add(unknown.Value.Id, text, span);
            return;
        }

        foreach (int token in bytes)
        {
            sink.Add(token, text, span);
        }
    }

    private int[] BytesOf(ReadOnlySpan<char> characters)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(characters)];
        Encoding.UTF8.GetBytes(characters, bytes);
        return Array.ConvertAll(bytes, value => ByteTokens![value]);
    }

    private static LayerToolException NoUnknown(ReadOnlySpan<char> piece, int start) => new(
        $"the tokenizer has no token for `{Rune.GetRuneAt(piece.ToString(), start)}` and no unknown token",
        "use a tokenizer whose `unk_id` names a token");

    // The best way to the unit End: its last token begins at Start. Start is -1 where no way leads.
    private readonly record struct Node(double Score, int Start, int End, int Id)
    {
        public static readonly Node Unreached = new(0, -1, -1, -1);
    }
}
