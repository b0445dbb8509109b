using System.Text;

namespace LayerTool.Tokenization.Unicode;

/// <summary>
/// Normal forms by tables of our own: with invariant globalization <see cref="string.Normalize()"/> may leave text as it is, and
/// the reference tokenizer library follows an older Unicode version.
/// </summary>
internal sealed class NormalForms
{
    private const char FirstCombining = '\u0300';

    private static readonly Lazy<NormalForms> Loaded = new(() => new NormalForms());

    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<int, byte> _combiningClasses = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];
    private readonly CodePointSet[] _changing;

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
        _changing = [.. Enum.GetValues<NormalForm>().Select(Changing)];
    }

    /// <summary>The text in that normal form.</summary>
    public static AlignedText Normalize(AlignedText text, NormalForm form) =>
        Ascii.IsValid(text.Value) || !Loaded.Value.MayChange(text.Value, form) ? text : text.Rewritten(Loaded.Value.Apply(text.Value, form));

    /// <summary>The text in that normal form.</summary>
    public static string Normalize(string text, NormalForm form) => Normalize(new AlignedText(text, null), form).Value;

    private bool MayChange(string text, NormalForm form)
    {
        CodePointSet changing = _changing[(int)form];
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (changing.Contains(rune.Value))
            {
                return true;
            }
        }

        return false;
    }

    // Characters without which a text is in the form already.
    private CodePointSet Changing(NormalForm form)
    {
        bool composes = form is NormalForm.Nfc or NormalForm.Nfkc;
        HashSet<int> composed = [.. _compositions.Values];
        IEnumerable<int> decomposed = _canonical.Keys.Where(point => !composes || !composed.Contains(point));
        IEnumerable<int> points = decomposed.Concat(_combiningClasses.Keys).Concat(_compositions.Keys.Select(pair => pair.Second));
        if (form is NormalForm.Nfkc or NormalForm.Nfkd)
        {
            points = points.Concat(_compatible.Keys);
        }

        return CodePointSet.Of([.. points.Select(point => new CodePointRange(point, point)), composes ? Hangul.Joining : Hangul.Syllables]);
    }

    private List<RewrittenPoint> Apply(string text, NormalForm form)
    {
        List<RewrittenPoint> points = Decompose(text, form is NormalForm.Nfkc or NormalForm.Nfkd);
        Reorder(points);
        if (form is NormalForm.Nfc or NormalForm.Nfkc)
        {
            Compose(points);
        }

        return points;
    }

    // Of the parts of one character the first stands for it, the others are put in.
    private List<RewrittenPoint> Decompose(string text, bool compatible)
    {
        List<RewrittenPoint> points = new(text.Length);
        List<int> syllable = [];
        foreach (Rune rune in text.EnumerateRunes())
        {
            int point = rune.Value;
            IReadOnlyList<int> parts;
            if (Hangul.IsSyllable(point))
            {
                syllable.Clear();
                Hangul.Decompose(point, syllable);
                parts = syllable;
            }
            else if ((compatible && _compatible.TryGetValue(point, out int[]? found)) || _canonical.TryGetValue(point, out found))
            {
                parts = found;
            }
            else
            {
                points.Add(new RewrittenPoint(rune, 0));
                continue;
            }

            for (int i = 0; i < parts.Count; i++)
            {
                points.Add(new RewrittenPoint(new Rune(parts[i]), i == 0 ? 0 : 1));
            }
        }

        return points;
    }

    // Each run of combining marks is put in the order of their classes; marks of one class keep theirs.
    private void Reorder(List<RewrittenPoint> points)
    {
        int start = 0;
        while (start < points.Count)
        {
            if (CombiningClass(points[start].Rune.Value) == 0)
            {
                start++;
                continue;
            }

            int end = start + 1;
            while (end < points.Count && CombiningClass(points[end].Rune.Value) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                RewrittenPoint[] ordered = [.. points.GetRange(start, end - start).OrderBy(point => CombiningClass(point.Rune.Value))];
                for (int i = 0; i < ordered.Length; i++)
                {
                    points[start + i] = ordered[i];
                }
            }

            start = end;
        }
    }

    // A mark joins the last starter unless a mark between them has the same or a higher class.
    private void Compose(List<RewrittenPoint> points)
    {
        int written = 0;
        int starter = -1;
        int lastClass = 0;
        for (int i = 0; i < points.Count; i++)
        {
            RewrittenPoint point = points[i];
            int ownClass = CombiningClass(point.Rune.Value);
            bool reachable = starter >= 0 && (starter == written - 1 || (ownClass != 0 && lastClass < ownClass));
            if (reachable && Pair(points[starter].Rune.Value, point.Rune.Value) is { } joined)
            {
                points[starter] = new RewrittenPoint(new Rune(joined), points[starter].Change + point.Change - 1);
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
