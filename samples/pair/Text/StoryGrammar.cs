using System.Collections.Immutable;

namespace LayerTool.Samples.Pair.Text;

/// <summary>
/// Short stories: somebody finds a thing, somebody else wants it, and it ends well or not. Who and what are named again at the end,
/// so that a reader who remembers them is surprised less.
/// </summary>
internal static class StoryGrammar
{
    private static readonly ImmutableArray<string> Times =
        ["One morning", "One evening", "Last winter", "On a cold day", "After the rain", "Long ago", "In the spring", "Late at night"];

    private static readonly ImmutableArray<string> Places =
        ["by the river", "behind the mill", "under the old bridge", "at the edge of the forest", "in the market", "on the hill", "near the well", "in the garden"];

    private static readonly ImmutableArray<string> Ways = ["walked", "ran", "sat", "was alone", "was fishing", "was singing", "lost the way", "was waiting"];

    private static readonly ImmutableArray<string> Qualities = ["small", "old", "red", "silver", "broken", "heavy", "strange", "blue", "wooden", "bright"];

    private static readonly ImmutableArray<string> Things =
        ["key", "coin", "lamp", "boat", "book", "bell", "ring", "box", "letter", "stone", "basket", "clock"];

    private static readonly ImmutableArray<string> Creatures = ["fox", "owl", "bear", "goat", "hare", "otter", "cat", "mole"];

    private static readonly ImmutableArray<string> Tempers = ["hungry", "clever", "young", "tired", "proud", "lonely", "kind", "grey"];

    public static string Story(Draw draw)
    {
        string hero = Somebody(draw);
        string other;
        do
        {
            other = Somebody(draw);
        }
        while (other == hero);
        string quality = draw.From(Qualities), thing = draw.From(Things);
        string thingShown = $"{quality} {thing}";

        string opening = $"{draw.From(Times)} {hero} {draw.From(Ways)} {draw.From(Places)}";
        string found = draw.From<string>(
        [
            $" and found {Article(thingShown)} in the grass.",
            $" and saw {Article(thingShown)} {draw.From(Places)}.",
            $". There lay {Article(thingShown)}, and nobody was near.",
            $". Something shone in the dark. It was {Article(thingShown)}.",
        ]);
        string wish = draw.From<string>(
        [
            $" \"Whose {thing} is this?\" said {hero}.",
            $" {Capital(hero)} wanted to keep it.",
            $" {Capital(hero)} put the {thing} away and told nobody.",
            "",
        ]);
        string meeting = draw.From<string>(
        [
            $" Then {other} came and asked, \"Have you seen my {thing}?\"",
            $" But {other} had lost {Article(thingShown)} the day before.",
            $" Soon {other} came by and looked at the {thing} for a long time.",
            $" {Capital(other)} had heard of it and offered {draw.From<string>(["bread", "a song", "two coins", "a warm coat"])} for the {thing}.",
        ]);
        string ending = draw.From<string>(
        [
            $" So {hero} gave the {thingShown} to {other}, and they were friends.",
            $" {Capital(hero)} said no and carried the {thingShown} home.",
            $" They could not agree, and the {thingShown} fell into the water.",
            $" {Capital(other)} thanked {hero} and went home with the {thingShown}.",
            $" In the end {hero} and {other} sold the {thingShown} and shared the money.",
        ]);
        return opening + found + wish + meeting + ending;
    }

    private static string Somebody(Draw draw) => draw.Chance(0.5) ? draw.From(World.People) : $"the {draw.From(Tempers)} {draw.From(Creatures)}";

    private static string Article(string noun) => ("aeiou".Contains(noun[0], StringComparison.Ordinal) ? "an " : "a ") + noun;

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
