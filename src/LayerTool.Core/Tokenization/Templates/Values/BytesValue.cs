namespace LayerTool.Tokenization.Templates.Values;

/// <summary>Bytes, which a text can be encoded to and which can only be printed.</summary>
internal sealed record BytesValue(byte[] Bytes);
