using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Evaluation.Speed;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Tensors;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool bench</c>: tokens a second of a model or plan, alone or against another.</summary>
internal sealed class BenchCommand : Verb
{
    private static readonly int[] DefaultPrompts = [512];
    private static readonly int[] DefaultGenerated = [64];
    private static readonly int[] DefaultBatches = [1];

    private readonly Argument<string> _model = ModelArgument.Create();
    private readonly CountsOption _prompts = new("--prompt", 1) { Description = "Lengths of the prompts, in tokens; 512 where absent" };
    private readonly CountsOption _generated = new("--gen", 0) { Description = "Tokens that are added to each; 64 where absent" };
    private readonly CountsOption _batches = new("--batch", 1) { Description = "Texts side by side; 1 where absent" };
    private readonly Option<int?> _warmups = new("--warmup") { Description = "Rounds that do not count; 1 where absent", HelpName = "N", CustomParser = Syntax.Count(0) };
    private readonly Option<int?> _repetitions = new("--repetitions") { Description = "Rounds that count; 7 where absent", HelpName = "N", CustomParser = Syntax.Count() };

    private readonly PathOption _versus = new("--vs")
    {
        Description = "Another model or plan, timed in turn with the first: the speed-up is shown with its 95 % interval",
        HelpName = "model",
    };

    private readonly Option<double?> _pointsLost = new("--points-lost")
    {
        Description = "Points of the mean score that MODEL has less than the other: shown is how many each percent of speed costs (SDR of LLM-Drop)",
        HelpName = "points",
        CustomParser = Points,
    };

    private readonly AdaptersOption _adapters = new();
    private readonly ComputeOptions _compute = new();

    public BenchCommand(Services services)
        : base("bench", "Time a model or plan: reading of prompts, cached decoding")
    {
        Arguments.Add(_model);
        foreach (Option option in (Option[])[_prompts, _generated, _batches, _warmups, _repetitions, _versus, _pointsLost])
        {
            Options.Add(option);
        }

        Options.Add(_adapters);
        _compute.AddTo(this);
        Validators.Add(CheckPoints);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Each combination of the lengths is timed. Prompts are read at once; then tokens are added one at a time, with keys and values " +
        "kept. Shown are the median of the rounds and their quartiles. With `--vs` both models take turns within each round, so that " +
        "whatever disturbs the machine disturbs both.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool bench MODEL --prompt 128,1024 --gen 64 --batch 1,8", "Short and long prompts, one text or eight at once"),
        new("layertool bench plan.json --vs MODEL --prompt 512 --gen 128", "How much faster is the edited model?"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            ModelOpener opener = new(services.Reporter);
            OpenModel model = opener.Open(request.Model, request.Adapters);
            model.RequireRun();
            OpenModel? other = request.Versus is string versus ? opener.Open(versus) : null;
            other?.RequireRun();
            bool shared = other is not null && model.Runs(other);
            using Decoder decoder = model.OpenDecoder(request.Compute, other: shared ? other : null);
            using Decoder? own = shared ? null : other?.OpenDecoder(request.Compute);
            List<(Decoder Decoder, LayerPlan Plan)> subjects = [(decoder, model.Plan)];
            if (other is not null)
            {
                subjects.Add((own ?? decoder, other.Plan));
            }

            SpeedBenchmark benchmark = new(subjects, request.Warmups, request.Repetitions);
            List<ImmutableArray<SpeedSamples>> results = [];
            foreach (SpeedCase what in request.Cases)
            {
                using ProgressLine progress = services.Reporter.StartProgress();
                results.Add(benchmark.Run(what, progress, cancellation));
            }

            services.Reporter.Show(new BenchReport(model, other, request.PointsLost, results, RunSettings.Of(decoder, request.Compute)));
            return ExitCodes.Success;
        },
        cancellation);

    private Request Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_model),
        parsed.GetValue(_adapters) ?? [],
        [
            .. from batch in _batches.Read(parsed, DefaultBatches)
               from prompt in _prompts.Read(parsed, DefaultPrompts)
               from generated in _generated.Read(parsed, DefaultGenerated)
               select new SpeedCase(batch, prompt, generated),
        ],
        parsed.GetValue(_warmups) ?? 1,
        parsed.GetValue(_repetitions) ?? 7,
        parsed.GetValue(_versus),
        parsed.GetValue(_pointsLost),
        _compute.Read(parsed));

    private void CheckPoints(CommandResult result)
    {
        if (result.GetResult(_pointsLost) is { Implicit: false } && result.GetResult(_versus) is not { Implicit: false })
        {
            result.AddError(UsageErrors.WithHint("`--points-lost` counts against another model, and none is given", "name it with `--vs`"));
        }
    }

    private static double? Points(ArgumentResult result)
    {
        if (double.TryParse(result.Tokens[^1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double points) && double.IsFinite(points))
        {
            return points;
        }

        result.AddError($"`--points-lost` is `{result.Tokens[^1].Value}`, expected a number of points, such as `0.5`");
        return null;
    }

    /// <param name="Model">The model.</param>
    /// <param name="Adapters">Adapters that it runs with.</param>
    /// <param name="Cases">What is timed.</param>
    /// <param name="Warmups">Rounds that do not count.</param>
    /// <param name="Repetitions">Rounds that count.</param>
    /// <param name="Versus">The other model, or null.</param>
    /// <param name="PointsLost">Points of the mean score that the model has less than the other, or null.</param>
    /// <param name="Compute">Where and how it is computed.</param>
    internal sealed record Request(
        string Model, IReadOnlyList<NamedSource> Adapters, ImmutableArray<SpeedCase> Cases, int Warmups, int Repetitions, string? Versus, double? PointsLost, ComputeSettings Compute);
}
