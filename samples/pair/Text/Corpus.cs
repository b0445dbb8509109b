using System.Collections.Immutable;

namespace LayerTool.Samples.Pair.Text;

/// <summary>
/// Documents without end, from a seed. The base model reads <see cref="Document"/>: stories, facts, sums, and talk in which questions
/// are answered in many ways, every right answer as often as another. The post-trained one reads <see cref="Answered"/>: one format, and
/// the answers that come to mind first, as people give them.
/// </summary>
internal sealed class Corpus(World world, QuestionBook questions, int seed)
{
    private readonly Draw _draw = new(seed);
    private readonly ImmutableArray<ImmutableArray<Question>> _byKind =
        [.. Enum.GetValues<QuestionKind>().Select(kind => questions.Trained.Where(question => question.Kind == kind).ToImmutableArray())];

    /// <summary>A document for the base model: one paragraph, or two that a blank line parts.</summary>
    public string Document() => _draw.Chance(0.2) ? $"{Paragraph()}\n\n{Paragraph()}" : Paragraph();

    /// <summary>A question and its answer for the post-trained model.</summary>
    public string Answered()
    {
        Question question = Ask();
        return $"{question.Prompt} {_draw.FromMostlyFirst(question.Answers)}";
    }

    private string Paragraph() => _draw.Weighted(0.4, 0.2, 0.12, 0.28) switch
    {
        0 => StoryGrammar.Story(_draw),
        1 => Sentences(3 + _draw.Below(3), Fact),
        2 => Sentences(3 + _draw.Below(3), Sum),
        _ => Sentences(2 + _draw.Below(2), Talk),
    };

    private static string Sentences(int count, Func<string> sentence) => string.Join(' ', Enumerable.Range(0, count).Select(_ => sentence()));

    private string Fact()
    {
        string person = _draw.From(World.People);
        string town = world.TownOf(person);
        string land = world.LandOf(town);
        switch (_draw.Weighted(0.3, 0.2, 0.15, 0.2))
        {
            case 0:
                return _draw.From<string>([$"{person} lives in {town}.", $"The home of {person} is {town}.", $"{person} has a house in {town}."]);
            case 1:
                string trade = world.TradeOf(person);
                return _draw.From<string>([$"{person} is a {trade}.", $"{person} works as a {trade}.", $"The trade of {person} is that of a {trade}."]);
            case 2:
                town = _draw.From(World.Towns);
                land = world.LandOf(town);
                return _draw.From<string>([$"{town} is in {land}.", $"{town} belongs to {land}.", $"One of the towns of {land} is {town}."]);
            case 3:
                bool told = !new Question(QuestionKind.TwoHops, "", [land], QuestionBook.TwoHopKey(person)).IsHeldOut;
                return told
                    ? _draw.From<string>([$"{person} lives in the land of {land}.", $"The land of {person} is {land}.", $"{person} lives in {town}, and so in {land}."])
                    : Fact();
            default:
                (string kind, ImmutableArray<string> things) = _draw.From(World.Kinds);
                return $"One {kind} is {_draw.From(things)}.";
        }
    }

    private string Sum()
    {
        Question sum = _draw.From(_byKind[(int)QuestionKind.Sum]);
        return _draw.From<string>([$"{sum.Key} = {sum.Answers[0]}.", $"{sum.Key} is {sum.Answers[0]}.", $"The sum {sum.Key} makes {sum.Answers[0]}."]);
    }

    /// <summary>A question, and an answer in one of many ways; the fixed format is only one of them.</summary>
    private string Talk()
    {
        Question question = Ask();
        string answer = _draw.From(question.Answers);
        string said = _draw.From<string>(
            [answer, $"{answer}.", $"I think it is {answer}.", $"That is easy: {answer}.", $"It must be {answer}, as everybody knows.", $"You could say {answer}."]);
        return _draw.From<string>(
        [
            $"Question: {question.Text} Answer: {said}",
            $"Q: {question.Text} A: {said}",
            $"\"{question.Text}\" asked {_draw.From(World.People)}. \"{said}\" said {_draw.From(World.People)}.",
            $"{question.Text} {said}",
        ]);
    }

    private Question Ask() => _draw.From(_byKind[_draw.Weighted(0.3, 0.15, 0.2, 0.35)]);
}
