using System.Numerics;

namespace LayerTool.Tokenization.Templates.Values;

/// <summary>What a call passes, evaluated.</summary>
/// <param name="Positional">By place.</param>
/// <param name="Named">By name, in order.</param>
internal sealed record Arguments(IReadOnlyList<object?> Positional, IReadOnlyList<KeyValuePair<string, object?>> Named)
{
    public static readonly Arguments None = new([], []);

    public int Count => Positional.Count + Named.Count;

    public static Arguments Of(params object?[] positional) => new(positional, []);

    /// <summary>The arguments without the first ones.</summary>
    public Arguments Skip(int count) => this with { Positional = [.. Positional.Skip(count)] };

    /// <summary>Whether an argument is passed, by place or by name.</summary>
    public bool TryGet(int place, string name, out object? value)
    {
        if (place < Positional.Count)
        {
            value = Positional[place];
            return true;
        }

        foreach (KeyValuePair<string, object?> entry in Named)
        {
            if (entry.Key == name)
            {
                value = entry.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    public object? Get(int place, string name, object? absent = null) => TryGet(place, name, out object? value) ? value : absent;

    public object? Require(int place, string name) =>
        TryGet(place, name, out object? value) ? value : throw new TemplateFault("TypeError", $"missing the required argument '{name}'");

    public string Text(int place, string name) =>
        Require(place, name) as string ?? throw new TemplateFault("TypeError", $"the argument '{name}' must be str, not {PythonType.Of(Require(place, name))}");

    public string? OptionalText(int place, string name) => Get(place, name) is null ? null : Text(place, name);

    public int Int(int place, string name, int absent) => !TryGet(place, name, out object? value)
        ? absent
        : Numbers.TryInteger(value, out BigInteger number)
            ? (int)BigInteger.Min(BigInteger.Max(number, int.MinValue), int.MaxValue)
            : throw new TemplateFault("TypeError", $"the argument '{name}' must be int, not {PythonType.Of(value)}");

    public bool Flag(int place, string name, bool absent = false) => TryGet(place, name, out object? value) ? PythonOperators.IsTrue(value) : absent;
}
