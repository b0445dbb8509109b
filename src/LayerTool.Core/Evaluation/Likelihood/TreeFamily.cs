namespace LayerTool.Evaluation.Likelihood;

/// <summary>Rows that begin alike: the beginning goes through the model once, alone; the rows read its keys and values.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Beginning">Tokens of the beginning; 0 where there is none.</param>
internal sealed record TreeFamily(IReadOnlyList<TokenTree> Rows, int Beginning);
