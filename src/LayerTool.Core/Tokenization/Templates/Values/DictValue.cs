using System.Diagnostics.CodeAnalysis;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>A dict: keys in the order in which they came, equal as Python's are (1, 1.0 and true are one key).</summary>
internal sealed class DictValue
{
    private static readonly object NoneKey = new();

    private readonly OrderedDictionary<object, object?> _entries = new(KeyComparer.Instance);

    public int Count => _entries.Count;

    public IEnumerable<object?> Keys => _entries.Keys.Select(Key);

    public IEnumerable<object?> Values => _entries.Values;

    public IEnumerable<KeyValuePair<object?, object?>> Entries => _entries.Select(entry => KeyValuePair.Create(Key(entry.Key), entry.Value));

    public object? this[object? key]
    {
        set => _entries[Checked(key)] = value;
    }

    public bool TryGet(object? key, out object? value) => _entries.TryGetValue(Checked(key), out value);

    public bool Contains(object? key) => _entries.ContainsKey(Checked(key));

    private static object Checked(object? key) => key switch
    {
        null => NoneKey,
        List<object?> or DictValue or NamespaceValue => throw new TemplateFault("TypeError", $"unhashable type: '{PythonType.Of(key)}'"),
        _ => key,
    };

    private static object? Key(object key) => ReferenceEquals(key, NoneKey) ? null : key;

    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static readonly KeyComparer Instance = new();

        bool IEqualityComparer<object>.Equals(object? x, object? y) => ReferenceEquals(x, y) || PythonOperators.AreEqual(x, y);

        int IEqualityComparer<object>.GetHashCode([DisallowNull] object obj) => obj switch
        {
            string text => string.GetHashCode(text, StringComparison.Ordinal),
            TupleValue tuple => tuple.Items.Count,
            _ => Numbers.TryDouble(obj, out double number) ? number.GetHashCode() : 0,
        };
    }
}
