namespace LayerTool.Tokenization.Templates;

/// <summary>Why a template could not be read or rendered. Becomes a fault of the input where the template's name is known.</summary>
/// <param name="kind">What Jinja calls the error, such as <c>TypeError</c>; <c>TemplateError</c> where the template raised it itself.</param>
/// <param name="text">What is wrong; the template's own words where it raised it.</param>
internal sealed class TemplateFault(string kind, string text) : Exception(text)
{
    /// <summary>The kind of a fault that the template raised itself.</summary>
    public const string Raised = "TemplateError";

    /// <summary>The kind of a fault in the template's own text.</summary>
    public const string Syntax = "TemplateSyntaxError";

    /// <summary>The kind of a template that takes more than it may.</summary>
    public const string Limit = "LimitError";

    /// <summary>What Jinja calls the error.</summary>
    public string Kind { get; } = kind;

    /// <summary>The template's line, from 1; 0 until it is known.</summary>
    public int Line { get; private set; }

    /// <summary>
    /// Notes a line, unless there is one already: the condition of a <c>catch</c> that never catches. Catching and throwing again at
    /// each level would take for ever where calls are nested deep.
    /// </summary>
    /// <returns>False.</returns>
    public bool Passes(int line)
    {
        At(line);
        return false;
    }

    /// <summary>The same fault at a line, unless it has one already.</summary>
    public TemplateFault At(int line)
    {
        Line = Line == 0 ? line : Line;
        return this;
    }
}
