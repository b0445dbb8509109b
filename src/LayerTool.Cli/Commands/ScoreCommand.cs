using System.CommandLine;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Data;
using LayerTool.Files;
using LayerTool.Models;
using LayerTool.Scoring;
using LayerTool.Tensors;
using LayerTool.Tokenization;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool score</c>: how much each layer and each of its halves does, from one pass over a text.</summary>
internal sealed class ScoreCommand : Verb
{
    private readonly Argument<string> _model = ModelArgument.Create();
    private readonly CalibrationOptions _calibration = new();
    private readonly TokenizerOption _tokenizer = new();
    private readonly AdaptersOption _adapters = new();
    private readonly ComputeOptions _compute = new();

    private readonly PathOption _out = new("--out", "-o")
    {
        Description = "Write the scores to this file, for `drop --by`",
        HelpName = "file",
    };

    private readonly Option<bool> _force = new("--force") { Description = "Replace an existing file" };

    public ScoreCommand(Services services)
        : base("score", "Score how much each layer, attention and MLP does on a text")
    {
        Arguments.Add(_model);
        _calibration.AddTo(this);
        Options.Add(_out);
        Options.Add(_force);
        Options.Add(_adapters);
        _tokenizer.AddTo(this);
        _compute.AddTo(this);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "One forward pass over the calibration text gives how much each attention, each MLP and each layer changes the direction " +
        "of the residual stream: 0 is no change. `--out` keeps the scores, for `drop --by`.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool score MODEL --calib wiki.jsonl", "Which layers matter least?"),
        new("layertool score MODEL --calib wiki.jsonl --samples 64 --seq 1024 -o ranking.json", "Keep the scores, for `drop --by ranking.json`"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            if (request.Out is string place)
            {
                OutputFile.Check(place, request.Force);
            }

            OpenModel model = new ModelOpener(services.Reporter).Open(request.Model, request.Adapters);
            TokenizerOpener tokenizer = new(services.Reporter, model, request.Tokenizer);
            CalibrationSet calibration = CalibrationOpener.Open(services.Reporter, model, request.Calibration, tokenizer);
            using Decoder decoder = model.OpenDecoder(request.Compute);
            Ranking ranking = Scorer.Score(services.Reporter, model, decoder, calibration, cancellation);
            if (request.Out is string file)
            {
                RankingJson.Save(ranking, file);
            }

            services.Reporter.Show(new ScoreReport(ranking, RunSettings.Of(decoder, request.Compute)));
            services.Reporter.Note(request.Out is null ? "`--out ranking.json` keeps the scores for `drop --by ranking.json`" : $"scores written to {request.Out}");
            return ExitCodes.Success;
        },
        cancellation);

    private Request Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_model),
        parsed.GetValue(_adapters) ?? [],
        _calibration.Read(parsed),
        parsed.GetValue(_out),
        parsed.GetValue(_force),
        _tokenizer.Read(parsed),
        _compute.Read(parsed));

    internal sealed record Request(
        string Model, IReadOnlyList<NamedSource> Adapters, CalibrationRequest Calibration, string? Out, bool Force, TokenizerMode Tokenizer, ComputeSettings Compute);
}
