namespace LayerTool.Tokenization.Templates.Values;

/// <summary>Something that can be called.</summary>
/// <param name="call">What a call does.</param>
internal sealed class FunctionValue(Func<Arguments, object?> call)
{
    public object? Call(Arguments arguments) => call(arguments);
}
