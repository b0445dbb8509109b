using System.CommandLine;
using LayerTool.Cli.Commands;
using LayerTool.Generation;

namespace LayerTool.Cli.Options;

/// <summary>How the next token is chosen, in the order in which the settings act.</summary>
/// <param name="alwaysDraws">Whether the command draws where nothing is said.</param>
internal readonly struct SamplingOptions(bool alwaysDraws)
{
    private const string GreedyHint = "`--temperature 0` takes the likeliest token at each step";

    private readonly Option<double?> _repetitionPenalty = new("--repetition-penalty")
    {
        Description = "Make tokens that the text holds already less likely: logits are divided (negative ones multiplied) by this; 1 for none",
        HelpName = "factor",
        CustomParser = Syntax.Number("a number from 0.01 to 100", number => number is >= 0.01 and <= 100, "1 leaves all tokens as they are"),
    };

    private readonly Option<double?> _temperature = new("--temperature", "-t")
    {
        Description = alwaysDraws
            ? "Draw with logits divided by this; 1 where absent, 0 takes the likeliest token"
            : "Draw with logits divided by this; 0 takes the likeliest token. Where absent: 1 with an option below, otherwise 0",
        HelpName = "T",
        CustomParser = Syntax.Number("a number of at least 0", number => number >= 0, GreedyHint),
    };

    private readonly Option<int?> _topK = new("--top-k")
    {
        Description = "Draw from the k likeliest tokens; 0 for all",
        HelpName = "k",
        CustomParser = Syntax.Count(0),
    };

    private readonly Option<double?> _topP = new("--top-p")
    {
        Description = "Draw from the likeliest tokens that have this probability together; 1 for all",
        HelpName = "p",
        CustomParser = Syntax.Number("a number above 0 and at most 1", number => number is > 0 and <= 1, GreedyHint),
    };

    private readonly Option<double?> _minP = new("--min-p")
    {
        Description = "Draw from the tokens that have at least this share of the likeliest one's probability; 0 for all",
        HelpName = "p",
        CustomParser = Syntax.Number("a number from 0 to 1", number => number is >= 0 and <= 1, "0 leaves all tokens in"),
    };

    public SamplingOptions()
        : this(alwaysDraws: false)
    {
    }

    /// <summary>The options, for a command that shows them among others.</summary>
    public IReadOnlyList<Option> All => [_repetitionPenalty, _temperature, _topK, _topP, _minP];

    public void AddTo(Verb verb) => verb.AddGroup("Sampling", All);

    /// <summary>Whether the line says how hot tokens are drawn.</summary>
    public bool GivesTemperature(ParseResult parsed) => parsed.GetValue(_temperature) is not null;

    /// <summary>Reads the settings.</summary>
    /// <param name="parsed">The line.</param>
    /// <param name="seed">Where the random numbers begin.</param>
    public SamplingSettings Read(ParseResult parsed, long seed)
    {
        bool draws = parsed.GetValue(_topK) is not null || parsed.GetValue(_topP) is not null || parsed.GetValue(_minP) is not null;
        return new SamplingSettings
        {
            RepetitionPenalty = parsed.GetValue(_repetitionPenalty) ?? 1,
            Temperature = parsed.GetValue(_temperature) ?? (draws ? 1 : 0),
            TopK = parsed.GetValue(_topK) ?? 0,
            TopP = parsed.GetValue(_topP) ?? 1,
            MinP = parsed.GetValue(_minP) ?? 0,
            Seed = seed,
        };
    }
}
