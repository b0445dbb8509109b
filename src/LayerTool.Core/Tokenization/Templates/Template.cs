using System.Collections.Immutable;
using LayerTool.Tokenization.Templates.Running;
using LayerTool.Tokenization.Templates.Syntax;

namespace LayerTool.Tokenization.Templates;

/// <summary>
/// A Jinja template as chat templates are: the language of Jinja 3.1 in the immutable sandbox that transformers sets up. It can
/// neither loop for ever, nor fill the memory, nor read a file.
/// </summary>
internal sealed class Template
{
    private readonly ImmutableArray<Statement> _body;

    private Template(ImmutableArray<Statement> body) => _body = body;

    /// <summary>Reads a template.</summary>
    /// <exception cref="TemplateFault">It is at fault; the line is named.</exception>
    public static Template Parse(string text) => new(TemplateParser.Parse(text));

    /// <summary>Renders it.</summary>
    /// <param name="variables">The names that it may use and their values.</param>
    /// <param name="now">The time that it may ask for.</param>
    /// <param name="strict">Whether a name without a value may not be printed.</param>
    /// <exception cref="TemplateFault">It raises an error or does what cannot be done; the line is named.</exception>
    public string Render(IEnumerable<KeyValuePair<string, object?>> variables, DateTime now, bool strict = false)
    {
        Budget budget = new();
        Scope globals = new(null);
        Globals.AddTo(globals, budget, now);
        foreach ((string name, object? value) in variables)
        {
            globals[name] = value;
        }

        Output output = new(budget);
        new Renderer(budget, strict).Run(_body, globals, output);
        return output.ToString();
    }
}
