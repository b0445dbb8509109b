using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Tensors;
using LayerTool.Tying;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool tie</c>: a model whose layers share weights and are played in loops, with a low-rank update at each depth.</summary>
internal sealed class TieCommand : Verb
{
    private readonly Option<int?> _loops = new("--loops", "--blocks")
    {
        Description = "How often the shared layers are played; divides the number of layers",
        HelpName = "N",
        Required = true,
        CustomParser = Syntax.Count(),
    };

    private readonly ChoiceOption<TieShare> _share = new("--share", ("cycle", TieShare.Cycle), ("sequence", TieShare.Sequence))
    {
        Description = "`cycle` (the block of shared layers runs through, and then again; the default) or `sequence` (each shared layer several times in a row)",
        HelpName = "order",
    };

    private readonly ChoiceOption<TieInit> _init = new("--init", ("average", TieInit.Average), ("stepwise", TieInit.Stepwise), ("lower", TieInit.Lower))
    {
        Description = "Shared layers are the mean of those that they stand for (`average`, the default), layers in even steps from the first to the last (`stepwise`), or the first ones (`lower`)",
        HelpName = "kind",
    };

    private readonly Option<int?> _rank = new("--lora-rank")
    {
        Description = "Rank of each depth's update of each matrix, a whole number or `full`; 0 for the plain loop, 64 where absent",
        HelpName = "rank",
        CustomParser = Rank,
        CompletionSources = { "full" },
    };

    private readonly ChoiceOption<LoraInit> _loraInit = new("--lora-init", ("svd", LoraInit.Svd), ("zero", LoraInit.Zero))
    {
        Description = "Updates are the best of their rank for what sharing takes away (`svd`, the default), or add nothing at first (`zero`)",
        HelpName = "kind",
    };

    private readonly ChoiceOption<TieNorms> _norms = new("--norms", ("per-depth", TieNorms.PerDepth), ("tie", TieNorms.Tie), ("fold", TieNorms.Fold))
    {
        Description = "Norms and biases: each depth's own (`per-depth`, the default), shared (`tie`, as in the paper), or gains multiplied into the matrices behind them (`fold`)",
        HelpName = "kind",
    };

    private readonly ChoiceOption<TieLayout> _layout = new("--layout", ("merged", TieLayout.Merged), ("unrolled+peft", TieLayout.Unrolled), ("compact", TieLayout.Compact))
    {
        Description = "`merged` (a stock checkpoint, the default), `unrolled+peft` (a stock checkpoint of the shared weights and a PEFT adapter), or `compact` (the shared layers once, an adapter for each loop; LayerTool runs it)",
        HelpName = "form",
    };

    private readonly Argument<string> _model = ModelArgument.Create();
    private readonly OutOptions _out = new(computesWeights: true);
    private readonly EvalOptions _eval = new();
    private readonly ComputeOptions _compute = new();

    public TieCommand(Services services)
        : base("tie", "Share weights between layers, with a low-rank update at each depth")
    {
        Arguments.Add(_model);
        foreach (Option option in (Option[])[_loops, _share, _init, _rank, _loraInit, _norms, _layout])
        {
            Options.Add(option);
        }

        _out.AddTo(this);
        _eval.AddTo(this);
        _compute.AddTo(this);
        Validators.Add(CheckRank);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Makes a relaxed recursive transformer (Bae et al., 2025): a third of the layers, say, each played three times, and what " +
        "is lost by sharing given back by a LoRA at each depth. Shows which layers share, what that saves, and how much of each " +
        "matrix is lost. Nothing is trained: a tied model is where training begins.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool tie MODEL --loops 3 --lora-rank 64", "Which layers share, what it saves, what it takes: nothing is written"),
        new("layertool tie MODEL --loops 2 --init stepwise --lora-rank 0 --layout compact --eval wiki.txt -o OUT", "A plain loop over half the layers, measured and saved once"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using EditSession session = EditSession.Open(services, request.Edit);
            return new TieRun(services.Reporter, session, request).Run(services.Arguments, cancellation);
        },
        cancellation);

    private Request Read(ParseResult parsed)
    {
        ComputeSettings compute = _compute.Read(parsed);
        return new Request(
            new EditRequest(parsed.GetValue(_model), [], _out.Read(parsed), _eval.Read(parsed), new CalibrationRequest(null, null, null, null, AllowBeyondContext: false), compute),
            new TieSettings(parsed.GetRequiredValue(_loops)!.Value)
            {
                Share = parsed.GetValue(_share),
                Init = parsed.GetValue(_init),
                Norms = parsed.GetValue(_norms),
                Rank = parsed.GetValue(_rank) ?? TieSettings.DefaultRank,
                LoraInit = parsed.GetValue(_loraInit),
                Seed = compute.Seed,
            },
            parsed.GetValue(_layout));
    }

    // Of the words alone: the values may not have parsed.
    private void CheckRank(CommandResult result)
    {
        bool IsWord(Option option, string word) => result.GetResult(option)?.Tokens is [.., { Value: string text }] && text == word;
        if (IsWord(_rank, "0") && IsWord(_loraInit, "svd"))
        {
            result.AddError(UsageErrors.WithHint("`--lora-rank 0` leaves nothing that `--lora-init svd` could begin with", "leave `--lora-init` out, or give a rank"));
        }
    }

    private static int? Rank(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        if (text == "full")
        {
            return TieSettings.FullRank;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rank))
        {
            return rank;
        }

        result.AddError($"`--lora-rank` is `{text}`, expected a whole number of at least 0, or `full`");
        return null;
    }

    /// <param name="Edit">The model, and what becomes of it.</param>
    /// <param name="Settings">How its layers are tied.</param>
    /// <param name="Layout">In which form it is written.</param>
    internal sealed record Request(EditRequest Edit, TieSettings Settings, TieLayout Layout);
}
