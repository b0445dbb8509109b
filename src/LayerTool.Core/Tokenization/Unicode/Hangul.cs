namespace LayerTool.Tokenization.Unicode;

/// <summary>Hangul syllables are composed of their letters by arithmetic (chapter 3.12 of the Unicode standard).</summary>
internal static class Hangul
{
    private const int FirstSyllable = 0xAC00;
    private const int FirstLead = 0x1100;
    private const int FirstVowel = 0x1161;
    private const int BeforeTrail = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Trails = 28;

    /// <summary>All syllables.</summary>
    public static CodePointRange Syllables => new(FirstSyllable, FirstSyllable + (Leads * Vowels * Trails) - 1);

    /// <summary>The letters that may join what stands before them: vowels and trails.</summary>
    public static CodePointRange Joining => new(FirstVowel, BeforeTrail + Trails - 1);

    public static bool IsSyllable(int point) => point is >= FirstSyllable and < FirstSyllable + (Leads * Vowels * Trails);

    public static void Decompose(int syllable, List<int> points)
    {
        int index = syllable - FirstSyllable;
        points.Add(FirstLead + (index / (Vowels * Trails)));
        points.Add(FirstVowel + (index / Trails % Vowels));
        if (index % Trails != 0)
        {
            points.Add(BeforeTrail + (index % Trails));
        }
    }

    /// <summary>The syllable that the two make, or null.</summary>
    public static int? Compose(int first, int second)
    {
        if (first is >= FirstLead and < FirstLead + Leads && second is >= FirstVowel and < FirstVowel + Vowels)
        {
            return FirstSyllable + ((((first - FirstLead) * Vowels) + second - FirstVowel) * Trails);
        }

        return IsSyllable(first) && (first - FirstSyllable) % Trails == 0 && second is > BeforeTrail and < BeforeTrail + Trails
            ? first + second - BeforeTrail
            : null;
    }
}
