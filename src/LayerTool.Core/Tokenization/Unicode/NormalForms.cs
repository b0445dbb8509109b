using System.Text;

namespace LayerTool.Tokenization.Unicode;

/// <summary>
/// Normal forms by tables of our own: with invariant globalization <see cref="string.Normalize()"/> may leave text as it is, and
/// the reference tokenizer library follows an older Unicode version.
/// </summary>
internal sealed class NormalForms
{
    // Below U+0300 nothing composes with its neighbour, below U+00A0 nothing decomposes: such text is as it is in every form.
    private const char FirstDecomposed = '\u00A0';
    private const char FirstCombining = '\u0300';

    private static readonly Lazy<NormalForms> Loaded = new(() => new NormalForms());

    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<int, byte> _combiningClasses = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];

    private NormalForms()
    {
        List<int> composed = [];
        foreach (string[] fields in UnicodeTable.Lines("normal-forms.txt"))
        {
            if (fields[0] == "c")
            {
                AddCombiningClass(byte.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture), fields.Skip(2));
                continue;
            }

            int point = UnicodeTable.Point(fields[1]);
            int[] parts = [.. fields.Skip(2).Select(UnicodeTable.Point)];
            (fields[0] == "k" ? _compatible : _canonical).Add(point, parts);
            if (fields[0] == "d")
            {
                composed.Add(point);
            }
        }

        AddCompositions(composed);
    }

    /// <summary>The text in that normal form.</summary>
    public static string Normalize(string text, NormalForm form)
    {
        char stable = form == NormalForm.Nfc ? FirstCombining : FirstDecomposed;
        return text.AsSpan().IndexOfAnyExceptInRange('\0', (char)(stable - 1)) < 0 ? text : Loaded.Value.Apply(text, form);
    }

    private string Apply(string text, NormalForm form)
    {
        List<int> points = Decompose(text, form is NormalForm.Nfkc or NormalForm.Nfkd);
        Reorder(points);
        if (form is NormalForm.Nfc or NormalForm.Nfkc)
        {
            Compose(points);
        }

        StringBuilder result = new(text.Length);
        foreach (int point in points)
        {
            result.Append(new Rune(point));
        }

        return result.ToString();
    }

    private List<int> Decompose(string text, bool compatible)
    {
        List<int> points = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            int point = rune.Value;
            if (Hangul.IsSyllable(point))
            {
                Hangul.Decompose(point, points);
            }
            else if ((compatible && _compatible.TryGetValue(point, out int[]? parts)) || _canonical.TryGetValue(point, out parts))
            {
                points.AddRange(parts);
            }
            else
            {
                points.Add(point);
            }
        }

        return points;
    }

    // Each run of combining marks is put in the order of their classes; marks of one class keep theirs.
    private void Reorder(List<int> points)
    {
        int start = 0;
        while (start < points.Count)
        {
            if (CombiningClass(points[start]) == 0)
            {
                start++;
                continue;
            }

            int end = start + 1;
            while (end < points.Count && CombiningClass(points[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                int[] ordered = [.. points.GetRange(start, end - start).OrderBy(CombiningClass)];
                for (int i = 0; i < ordered.Length; i++)
                {
                    points[start + i] = ordered[i];
                }
            }

            start = end;
        }
    }

    // A mark joins the last starter unless a mark between them has the same or a higher class.
    private void Compose(List<int> points)
    {
        int written = 0;
        int starter = -1;
        int lastClass = 0;
        for (int i = 0; i < points.Count; i++)
        {
            int point = points[i];
            int ownClass = CombiningClass(point);
            bool reachable = starter >= 0 && (starter == written - 1 || (ownClass != 0 && lastClass < ownClass));
            if (reachable && Pair(points[starter], point) is { } joined)
            {
                points[starter] = joined;
                continue;
            }

            if (ownClass == 0)
            {
                starter = written;
            }

            lastClass = ownClass;
            points[written++] = point;
        }

        points.RemoveRange(written, points.Count - written);
    }

    private int? Pair(int first, int second) =>
        Hangul.Compose(first, second) ?? (_compositions.TryGetValue((first, second), out int joined) ? joined : null);

    private int CombiningClass(int point) => point < FirstCombining ? 0 : _combiningClasses.GetValueOrDefault(point);

    private void AddCombiningClass(byte value, IEnumerable<string> ranges)
    {
        foreach (CodePointRange range in ranges.Select(UnicodeTable.Range))
        {
            for (int point = range.First; point <= range.Last; point++)
            {
                _combiningClasses.Add(point, value);
            }
        }
    }

    // The table holds full decompositions; one step back, a composed character is the one that decomposes into all parts but
    // the last, joined with the last.
    private void AddCompositions(List<int> composed)
    {
        Dictionary<string, int> byParts = composed.ToDictionary(point => string.Join(' ', _canonical[point]), StringComparer.Ordinal);
        foreach (int point in composed)
        {
            int[] parts = _canonical[point];
            int first = parts.Length == 2 ? parts[0] : byParts[string.Join(' ', parts[..^1])];
            _compositions.Add((first, parts[^1]), point);
        }
    }
}
