using System.Collections.Immutable;

namespace LayerTool.Tokenization.Unicode;

/// <summary>
/// A set of Unicode code points. .NET's own classes see UTF-16 halves and follow another Unicode version than the reference
/// tokenizer library, so patterns and digits are matched against sets made of its tables.
/// </summary>
internal sealed class CodePointSet
{
    private const int PlaneSize = 0x10000;
    private const int Limit = 0x110000;

    private readonly ImmutableArray<CodePointRange> _ranges;
    private readonly ulong[] _firstPlane = new ulong[PlaneSize / 64];

    private CodePointSet(ImmutableArray<CodePointRange> ranges)
    {
        _ranges = ranges;
        foreach (CodePointRange range in ranges)
        {
            for (int point = range.First; point <= range.Last && point < PlaneSize; point++)
            {
                _firstPlane[point >> 6] |= 1UL << (point & 63);
            }
        }
    }

    /// <summary>The ranges, in order, without touching one another.</summary>
    public ImmutableArray<CodePointRange> Ranges => _ranges;

    /// <summary>The set of all points that lie in one of the ranges, which may overlap.</summary>
    public static CodePointSet Of(IEnumerable<CodePointRange> ranges)
    {
        List<CodePointRange> joined = [];
        foreach (CodePointRange range in ranges.OrderBy(range => range.First))
        {
            if (joined.Count > 0 && range.First <= joined[^1].Last + 1)
            {
                joined[^1] = joined[^1] with { Last = Math.Max(joined[^1].Last, range.Last) };
            }
            else
            {
                joined.Add(range);
            }
        }

        return new CodePointSet([.. joined]);
    }

    public static CodePointSet Of(int point) => Of([new CodePointRange(point, point)]);

    public CodePointSet Complement()
    {
        List<CodePointRange> gaps = [];
        int next = 0;
        foreach (CodePointRange range in _ranges)
        {
            if (range.First > next)
            {
                gaps.Add(new CodePointRange(next, range.First - 1));
            }

            next = range.Last + 1;
        }

        if (next < Limit)
        {
            gaps.Add(new CodePointRange(next, Limit - 1));
        }

        return new CodePointSet([.. gaps]);
    }

    public bool Contains(int point)
    {
        if (point < PlaneSize)
        {
            return (_firstPlane[point >> 6] >> (point & 63) & 1) != 0;
        }

        int low = 0;
        int high = _ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (point < _ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (point > _ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }
}
