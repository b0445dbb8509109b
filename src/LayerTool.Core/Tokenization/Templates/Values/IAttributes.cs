namespace LayerTool.Tokenization.Templates.Values;

/// <summary>A value with attributes of its own kind, such as <c>loop</c>.</summary>
internal interface IAttributes
{
    /// <summary>The type's name in messages.</summary>
    string TypeName { get; }

    /// <summary>Whether it has an attribute of that name, and its value.</summary>
    bool TryGet(string name, out object? value);
}
