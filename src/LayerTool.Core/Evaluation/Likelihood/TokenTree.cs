namespace LayerTool.Evaluation.Likelihood;

/// <summary>
/// Windows that begin alike as one row: every token that several of them share from the beginning on is read once, and behind it
/// their ways part. A node is a token in its place.
/// </summary>
/// <param name="windows">All windows of the run.</param>
internal sealed class TokenTree(IReadOnlyList<TokenWindow> windows)
{
    private readonly List<int> _tokens = [];
    private readonly List<int> _parents = [];
    private readonly List<int> _positions = [];
    private readonly List<int> _members = [];
    private readonly List<int[]> _scored = [];
    private int[] _path = [];

    /// <summary>Number of nodes.</summary>
    public int Length => _tokens.Count;

    /// <summary>Length of the longest window.</summary>
    public int Deepest { get; private set; }

    /// <summary>Tokens that all windows share from the beginning on, and whose predictions none of them counts.</summary>
    public int Shared { get; private set; } = int.MaxValue;

    /// <summary>Whether the tree is one text without a branch.</summary>
    public bool IsChain => Deepest == Length;

    /// <summary>Ids of the nodes, parents first.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>The node before each node; −1 at the beginning.</summary>
    public IReadOnlyList<int> Parents => _parents;

    /// <summary>Each node's place in its own text.</summary>
    public IReadOnlyList<int> Positions => _positions;

    /// <summary>Numbers of the windows, and for each the nodes whose predictions count, in order.</summary>
    public IEnumerable<(int Window, int[] Nodes)> Scored => _members.Zip(_scored);

    /// <summary>The window that was added last.</summary>
    public int Last => _members[^1];

    /// <summary>Adds a window.</summary>
    /// <param name="window">Its number.</param>
    /// <param name="shared">Tokens that it shares with the one before.</param>
    public void Add(int window, int shared)
    {
        TokenWindow added = windows[window];
        ReadOnlySpan<int> input = added.Ids.Span[..^1];
        int[] path = new int[input.Length];
        _path.AsSpan(0, shared).CopyTo(path);
        for (int position = shared; position < input.Length; position++)
        {
            path[position] = Length;
            _parents.Add(position == 0 ? -1 : path[position - 1]);
            _positions.Add(position);
            _tokens.Add(input[position]);
        }

        int first = input.Length - added.Predicted;
        Shared = Math.Min(Shared, _members.Count == 0 ? first : Math.Min(shared, first));
        Deepest = Math.Max(Deepest, input.Length);
        _members.Add(window);
        _scored.Add(path[first..]);
        _path = path;
    }
}
