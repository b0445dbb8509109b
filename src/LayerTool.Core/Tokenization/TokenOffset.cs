namespace LayerTool.Tokenization;

/// <summary>A token and the part of the text that it came from.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Start">The first code point of the text that it stands for.</param>
/// <param name="End">The code point behind the last one.</param>
public readonly record struct TokenOffset(int Id, int Start, int End);
