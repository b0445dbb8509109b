namespace LayerTool.Tokenization.PreTokenizers;

/// <summary>Cuts one piece by the matches found in it.</summary>
internal static class Cutter
{
    /// <summary>Adds the pieces that a piece falls into.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="matches">The matches, relative to the piece's start, in order.</param>
    /// <param name="behavior">What becomes of the matches.</param>
    /// <param name="invert">Whether the text between the matches counts as the matches.</param>
    /// <param name="pieces">Where the new pieces go.</param>
    public static void Cut(TextSpan piece, IReadOnlyList<TextSpan> matches, SplitBehavior behavior, bool invert, List<TextSpan> pieces)
    {
        List<Part> parts = new((2 * matches.Count) + 1);
        int position = piece.Start;
        foreach (TextSpan match in matches)
        {
            AddUnlessEmpty(parts, new Part(new TextSpan(position, piece.Start + match.Start), invert));
            position = piece.Start + match.End;
            parts.Add(new Part(new TextSpan(piece.Start + match.Start, position), !invert));
        }

        AddUnlessEmpty(parts, new Part(new TextSpan(position, piece.End), invert));

        for (int i = 0; i < parts.Count; i++)
        {
            Part part = parts[i];
            if (behavior == SplitBehavior.Removed && part.IsMatch)
            {
                continue;
            }

            if (i > 0 && Joins(parts[i - 1], part, behavior))
            {
                pieces[^1] = pieces[^1] with { End = part.Span.End };
            }
            else
            {
                pieces.Add(part.Span);
            }
        }
    }

    private static bool Joins(Part before, Part part, SplitBehavior behavior) => behavior switch
    {
        SplitBehavior.MergedWithPrevious => part.IsMatch && !before.IsMatch,
        SplitBehavior.MergedWithNext => before.IsMatch && !part.IsMatch,
        SplitBehavior.Contiguous => part.IsMatch == before.IsMatch,
        _ => false,
    };

    private static void AddUnlessEmpty(List<Part> parts, Part part)
    {
        if (part.Span.Length > 0)
        {
            parts.Add(part);
        }
    }

    private readonly record struct Part(TextSpan Span, bool IsMatch);
}
