namespace LayerTool.Tokenization.Normalizers;

/// <summary>Rewrites the text between added tokens before it is split.</summary>
internal interface INormalizer
{
    AlignedText Normalize(AlignedText text);
}
