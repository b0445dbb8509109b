using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>What <c>cycler(...)</c> makes: one item after another, again and again.</summary>
internal sealed class Cycler(IReadOnlyList<object?> items) : IAttributes
{
    private int _place;

    public string TypeName => "Cycler";

    public bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "current" => items[_place],
            "next" => new FunctionValue(_ =>
            {
                object? current = items[_place];
                _place = (_place + 1) % items.Count;
                return current;
            }),
            "reset" => new FunctionValue(_ =>
            {
                _place = 0;
                return null;
            }),
            _ => null,
        };
        return name is "current" or "next" or "reset";
    }
}
