namespace LayerTool.Tokenization.Templates.Values;

/// <summary>A tuple; lists are <see cref="List{T}"/> of values.</summary>
internal sealed record TupleValue(IReadOnlyList<object?> Items);
