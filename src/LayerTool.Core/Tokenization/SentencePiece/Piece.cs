namespace LayerTool.Tokenization.SentencePiece;

/// <summary>A piece of a sentencepiece model.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Score">For Unigram its log probability; for BPE the higher merges first.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct Piece(string Text, float Score, PieceKind Kind);
