namespace LayerTool.Tokenization.Templates.Syntax;

/// <summary>A part of a parsed template.</summary>
/// <param name="Line">Its line, from 1.</param>
internal abstract record Node(int Line);
