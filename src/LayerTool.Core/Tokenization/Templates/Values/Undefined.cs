namespace LayerTool.Tokenization.Templates.Values;

/// <summary>What a name without a value gives: prints as nothing, is false and empty; whatever else is done with it is a fault.</summary>
/// <param name="Kind">What Jinja calls that fault.</param>
/// <param name="Text">Its text.</param>
internal sealed record Undefined(string Kind, string Text)
{
    public static Undefined Name(string name) => new("UndefinedError", $"'{name}' is undefined");

    public TemplateFault Fault() => new(Kind, Text);
}
