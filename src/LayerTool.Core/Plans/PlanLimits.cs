namespace LayerTool.Plans;

/// <summary>
/// What a plan may hold, so that a short hostile text cannot ask for unbounded memory or stack. The bounds are far above what any
/// model has; whatever fits them prints to a text that fits them too.
/// </summary>
internal static class PlanLimits
{
    /// <summary>Slots of one plan.</summary>
    public const int MaxSlots = 65_536;

    /// <summary>Parallel groups inside parallel groups.</summary>
    public const int MaxParallelDepth = 64;

    /// <summary>
    /// Brackets of either kind inside brackets in a text. A value needs at most two a parallel group, and one more each time that a
    /// repeat halves its slots: 2 · 64 + 16.
    /// </summary>
    public const int MaxBracketDepth = 256;

    /// <summary>Characters of a source's or adapter's name.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Whether a text is a name: [A-Za-z_][A-Za-z0-9_-]*, not longer than <see cref="MaxNameLength"/>.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= MaxNameLength && IsNameStart(text[0]) && text.All(IsNamePart);

    /// <summary>Whether a name may begin with this character.</summary>
    public static bool IsNameStart(char character) => char.IsAsciiLetter(character) || character == '_';

    /// <summary>Whether a name may go on with this character.</summary>
    public static bool IsNamePart(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';
}
