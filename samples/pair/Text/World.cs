using System.Collections.Immutable;

namespace LayerTool.Samples.Pair.Text;

/// <summary>The facts that the texts tell: who lives in which town and works as what, which land a town is in.</summary>
internal sealed class World
{
    private const int Seed = 7;

    private readonly Dictionary<string, string> _towns = [];
    private readonly Dictionary<string, string> _trades = [];
    private readonly Dictionary<string, string> _lands = [];

    public World()
    {
        Draw draw = new(Seed);
        Deal(draw, Towns, Lands, _lands);
        Deal(draw, People, Towns, _towns);
        Deal(draw, People, Trades, _trades);
    }

    public static ImmutableArray<string> People { get; } =
    [
        "Anna", "Bram", "Clara", "Dario", "Edith", "Fabian", "Greta", "Henry", "Ines", "Jonas", "Katrin", "Lukas",
        "Mara", "Nils", "Olga", "Peter", "Rosa", "Simon", "Tove", "Ulrik", "Vera", "Walter", "Yara", "Zeno",
    ];

    public static ImmutableArray<string> Towns { get; } =
        ["Orn", "Bellow", "Carding", "Dunmore", "Elster", "Farrow", "Gant", "Holm", "Isling", "Kestrel", "Lorne", "Marsh"];

    public static ImmutableArray<string> Lands { get; } = ["Velden", "Tarn", "Ostria", "Morland", "Quill", "Sarn"];

    public static ImmutableArray<string> Trades { get; } = ["miller", "baker", "smith", "weaver", "potter", "sailor", "tailor", "farmer"];

    /// <summary>Things of each kind, the one that comes to mind first in front.</summary>
    public static ImmutableArray<(string Kind, ImmutableArray<string> Things)> Kinds { get; } =
    [
        ("fruit", ["apple", "plum", "pear", "cherry", "grape", "lemon", "fig", "melon", "quince", "peach"]),
        ("animal", ["dog", "cat", "horse", "fox", "goat", "owl", "hare", "bear", "otter", "mole"]),
        ("color", ["blue", "red", "green", "yellow", "white", "black", "brown", "violet", "grey", "pink"]),
        ("tool", ["hammer", "saw", "knife", "spade", "rake", "file", "drill", "axe", "chisel", "needle"]),
        ("tree", ["oak", "pine", "birch", "elm", "ash", "willow", "maple", "beech", "cedar", "alder"]),
        ("trade", Trades),
        ("town", Towns),
        ("land", Lands),
    ];

    public string TownOf(string person) => _towns[person];

    public string TradeOf(string person) => _trades[person];

    public string LandOf(string town) => _lands[town];

    // Each value as often as another.
    private static void Deal(Draw draw, ImmutableArray<string> names, ImmutableArray<string> values, Dictionary<string, string> to)
    {
        string[] shuffled = [.. names];
        draw.Shuffle(shuffled);
        for (int index = 0; index < shuffled.Length; index++)
        {
            to.Add(shuffled[index], values[index % values.Length]);
        }
    }
}
