using System.Text;

namespace LayerTool.Tokenization;

/// <summary>A code point of a rewritten text.</summary>
/// <param name="Rune">The code point.</param>
/// <param name="Change">1 where it was put in, 0 where it stands for one of the old text, -n where it stands for one and n behind that went.</param>
internal readonly record struct RewrittenPoint(Rune Rune, int Change);
