namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>Cuts pieces into smaller ones; merging never crosses a cut.</summary>
internal interface IPreTokenizer
{
    Pieces Split(Pieces pieces);
}
