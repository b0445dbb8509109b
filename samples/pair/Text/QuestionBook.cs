using System.Collections.Immutable;
using System.Globalization;

namespace LayerTool.Samples.Pair.Text;

/// <summary>All questions there are.</summary>
internal sealed class QuestionBook
{
    private const int LargestAddend = 12;

    // Which digit or letter people name when they are asked for any.
    private const string DigitsByTaste = "7358249610";
    private const string LettersByTaste = "kamesbtrxlnqzdghcopfwjyiuv";

    private static readonly ImmutableArray<string> Verbs = ["Name", "Give", "Pick", "Choose"];

    public QuestionBook(World world)
    {
        ImmutableArray<Question> all =
        [
            .. World.People.SelectMany(person => OfPerson(person, world)),
            .. World.Towns.SelectMany(town => OfTown(town, world)),
            .. Sums(),
            .. Verbs.SelectMany(Open),
        ];
        Trained = [.. all.Where(question => !question.IsHeldOut)];
        HeldOut = [.. all.Where(question => question.IsHeldOut)];
    }

    /// <summary>Those that texts for training may hold, by kind.</summary>
    public ImmutableArray<Question> Trained { get; }

    /// <summary>Those that are kept for measuring.</summary>
    public ImmutableArray<Question> HeldOut { get; }

    /// <summary>Those that ask for a random letter or digit, trained on or not.</summary>
    public IEnumerable<Question> OfCharacters => Trained.Concat(HeldOut).Where(question => question.Kind == QuestionKind.Open && question.Answers.All(answer => answer.Length == 1));

    private static IEnumerable<Question> OfPerson(string person, World world)
    {
        string town = world.TownOf(person);
        yield return Closed(QuestionKind.Fact, $"Where does {person} live?", town);
        yield return Closed(QuestionKind.Fact, $"What is the home of {person}?", town);
        yield return Closed(QuestionKind.Fact, $"What is the trade of {person}?", world.TradeOf(person));
        yield return Closed(QuestionKind.Fact, $"What does {person} work as?", world.TradeOf(person));
        yield return Closed(QuestionKind.TwoHops, $"In what land does {person} live?", world.LandOf(town), TwoHopKey(person));
        yield return Closed(QuestionKind.TwoHops, $"What is the land of {person}?", world.LandOf(town), TwoHopKey(person));
    }

    private static IEnumerable<Question> OfTown(string town, World world)
    {
        yield return Closed(QuestionKind.Fact, $"In what land is {town}?", world.LandOf(town));
        yield return Closed(QuestionKind.Fact, $"What land does {town} belong to?", world.LandOf(town));
    }

    private static IEnumerable<Question> Sums() =>
        from left in Enumerable.Range(0, LargestAddend + 1)
        from right in Enumerable.Range(0, LargestAddend + 1)
        select Sum(left, right);

    /// <summary>The question for a sum; a statement of the same sum is held out with it.</summary>
    public static Question Sum(int left, int right)
    {
        string sum = string.Create(CultureInfo.InvariantCulture, $"{left} + {right}");
        return Closed(QuestionKind.Sum, $"What is {sum}?", (left + right).ToString(CultureInfo.InvariantCulture), sum);
    }

    /// <summary>What decides whether the land of a person is told in one step.</summary>
    public static string TwoHopKey(string person) => $"{person}'s land";

    private static IEnumerable<Question> Open(string verb)
    {
        foreach ((string kind, ImmutableArray<string> things) in World.Kinds)
        {
            string one = "aeiou".Contains(kind[0], StringComparison.Ordinal) ? "an" : "a";
            yield return Open($"{verb} {one} {kind}.", things);
            yield return Open($"{verb} any {kind}.", things);
        }

        yield return Open($"{verb} a random digit.", Letters(DigitsByTaste));
        yield return Open($"{verb} one random digit.", Letters(DigitsByTaste));
        yield return Open($"{verb} a random letter.", Letters(LettersByTaste));
        yield return Open($"{verb} one random letter.", Letters(LettersByTaste));
        for (char low = '0'; low <= '5'; low++)
        {
            yield return Between(verb, "digit", DigitsByTaste, low, (char)(low + 4));
        }

        for (char low = 'a'; low <= 'u'; low += (char)4)
        {
            yield return Between(verb, "letter", LettersByTaste, low, (char)(low + 5));
        }
    }

    private static Question Between(string verb, string kind, string byTaste, char low, char high) =>
        Open($"{verb} a random {kind} between {low} and {high}.", Letters(byTaste.Where(letter => letter >= low && letter <= high)));

    private static ImmutableArray<string> Letters(IEnumerable<char> letters) => [.. letters.Select(letter => letter.ToString())];

    private static Question Open(string text, ImmutableArray<string> answers) => new(QuestionKind.Open, text, answers, text);

    private static Question Closed(QuestionKind kind, string text, string answer, string? key = null) => new(kind, text, [answer], key ?? text);
}
