namespace LayerTool.Tokenization;

/// <summary>A part of a text, in UTF-16 units: from <paramref name="Start"/> up to, not including, <paramref name="End"/>.</summary>
internal readonly record struct TextSpan(int Start, int End)
{
    public int Length => End - Start;
}
