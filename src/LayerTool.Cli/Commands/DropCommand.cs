using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Plans;
using LayerTool.Scoring;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool drop</c>: leaves out what changes the stream least, or what is named.</summary>
internal sealed class DropCommand : Verb
{
    private const double DefaultMaxLossIncrease = 0.02;

    private readonly DropCountOption _attention = new("--attn", "Drop the N attentions that do least");
    private readonly DropCountOption _mlp = new("--mlp", "Drop the N MLPs that do least");
    private readonly DropCountOption _blocks = new("--blocks", "Drop the N whole layers that do least");
    private readonly DropCountOption _joint = new("--joint", "Drop the N attentions or MLPs that do least, in one ranking");

    private readonly Option<double?> _maxLossIncrease = new("--max-loss-increase")
    {
        Description = "How many percent the loss on the calibration text may grow where no number N is given; 2 where absent",
        HelpName = "percent",
        CustomParser = Percent,
    };

    private readonly PathOption _by = new("--by")
    {
        Description = "Take the scores from this file, written by `score --out`",
        HelpName = "file",
    };

    private readonly LayersOption _attentionLayers = new("--attn-layers", "Layers that lose their attention, instead of a choice by score");
    private readonly LayersOption _mlpLayers = new("--mlp-layers", "Layers that lose their MLP");
    private readonly LayersOption _layers = new("--layers", "Layers that are left out");
    private readonly EditOptions _edit = new();

    public DropCommand(Services services)
        : base("drop", "Drop the attentions, MLPs or layers that do least")
    {
        foreach (Option option in (Option[])[_attention, _mlp, _blocks, _joint, _maxLossIncrease, _by, _attentionLayers, _mlpLayers, _layers])
        {
            Options.Add(option);
        }

        _edit.AddTo(this);
        Validators.Add(CheckChoice);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    /// <summary>Options that may be followed by a number, or by something else.</summary>
    public IReadOnlySet<string> Counts => Kinds.Select(kind => kind.Name).ToHashSet(StringComparer.Ordinal);

    public override string Details =>
        "Leaves out the layers, attentions or MLPs that change the residual stream least on the calibration text, as LLM-Drop " +
        "does, or those that are named. With a number, so many; without one, in the order of the score as long as the loss stays " +
        "within `--max-loss-increase`. Without `--calib` the tool's own small text is used, with a warning.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool drop MODEL --attn 8 --calib wiki.jsonl --eval test.txt -o OUT", "Drop the 8 attentions that do least, measure and save"),
        new("layertool drop MODEL --attn", "Drop attentions while the loss grows by at most 2 %"),
    ];

    private DropCountOption[] Kinds => [_attention, _mlp, _blocks, _joint];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using EditSession session = EditSession.Open(services, request.Edit);
            LayerPlan plan = session.Model.Plan;
            plan = request.Kind is DropKind ? new DropByScore(services.Reporter, session, request).Apply(cancellation) : plan;
            plan = request.Layers is LayerList layers ? plan.Skip(session.Named(layers)) : plan;
            plan = request.AttentionLayers is LayerList attention ? plan.DropAttention(session.Named(attention, LayerHalves.Attention)) : plan;
            plan = request.MlpLayers is LayerList mlp ? plan.DropMlp(session.Named(mlp, LayerHalves.Mlp)) : plan;
            return session.Finish(plan, cancellation);
        },
        cancellation);

    private Request Read(ParseResult parsed)
    {
        (DropKind Kind, DropCount? Count)[] chosen =
        [
            (DropKind.Attention, parsed.GetValue(_attention)),
            (DropKind.Mlp, parsed.GetValue(_mlp)),
            (DropKind.Block, parsed.GetValue(_blocks)),
            (DropKind.Joint, parsed.GetValue(_joint)),
        ];
        (DropKind Kind, DropCount? Count) kind = chosen.FirstOrDefault(pair => pair.Count is not null);
        return new Request(
            _edit.Read(parsed),
            kind.Count is null ? null : kind.Kind,
            kind.Count?.Number,
            parsed.GetValue(_maxLossIncrease) ?? DefaultMaxLossIncrease,
            parsed.GetValue(_by),
            parsed.GetValue(_attentionLayers),
            parsed.GetValue(_mlpLayers),
            parsed.GetValue(_layers));
    }

    // Presence alone: what the values are is known once they have parsed.
    private void CheckChoice(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        string[] byScore = [.. Kinds.Where(Given).Select(kind => $"`{kind.Name}`")];
        bool byName = Given(_attentionLayers) || Given(_mlpLayers) || Given(_layers);
        if (byScore.Length == 0 && !byName)
        {
            result.AddError("nothing to drop: give `--attn`, `--mlp`, `--blocks` or `--joint`, or name layers with `--attn-layers`, `--mlp-layers`, `--layers`");
        }
        else if (byScore.Length > 1)
        {
            result.AddError($"{string.Join(" and ", byScore)} are two choices; `--joint` takes attentions and MLPs in one ranking");
        }
        else if (byScore.Length == 1 && byName)
        {
            result.AddError($"{byScore[0]} chooses by score, and layers are named as well; give one of the two");
        }
    }

    private static double? Percent(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value.TrimEnd('%').TrimEnd();
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double percent) && double.IsFinite(percent) && percent >= 0)
        {
            return percent / 100;
        }

        result.AddError($"`--max-loss-increase` is `{result.Tokens[^1].Value}`, expected a number of percent, such as `2`");
        return null;
    }

    /// <param name="Edit">The model and what becomes of the plan.</param>
    /// <param name="Kind">What is chosen by score, or null.</param>
    /// <param name="Count">How many; null for as many as the loss allows.</param>
    /// <param name="MaxLossIncrease">Relative: 0.02 is 2 %.</param>
    /// <param name="By">File with the scores, or null to take them now.</param>
    /// <param name="AttentionLayers">Layers that lose their attention.</param>
    /// <param name="MlpLayers">Layers that lose their MLP.</param>
    /// <param name="Layers">Layers that are left out.</param>
    internal sealed record Request(
        EditRequest Edit,
        DropKind? Kind,
        int? Count,
        double MaxLossIncrease,
        string? By,
        LayerList? AttentionLayers,
        LayerList? MlpLayers,
        LayerList? Layers);
}
