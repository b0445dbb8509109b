using System.Text;

namespace LayerTool.Tokenization.Templates.Running;

/// <summary>Where a part of a template prints to.</summary>
/// <param name="budget">What may still be printed.</param>
/// <param name="escapes">Whether printed values are escaped for HTML.</param>
internal sealed class Output(Budget budget, bool escapes = false)
{
    private readonly StringBuilder _text = new();

    /// <summary>Whether printed values are escaped for HTML.</summary>
    public bool Escapes { get; set; } = escapes;

    public void Write(string text)
    {
        budget.Charge(text.Length);
        _text.Append(text);
    }

    public override string ToString() => _text.ToString();
}
