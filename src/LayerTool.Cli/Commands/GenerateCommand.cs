using System.CommandLine;
using LayerTool.Cli.Chatting;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Tensors;
using LayerTool.Tokenization;
using LayerTool.Tokenization.Chat;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool generate</c>: continues texts.</summary>
internal sealed class GenerateCommand : Verb
{
    private readonly Argument<string> _model = ModelArgument.Create();

    private readonly TextsOption _prompts = new("--prompt", "-p")
    {
        Description = "Text to continue; given again, all are continued side by side",
        HelpName = "text",
        Required = true,
        MayBeEmpty = true, // for a tokenizer that begins a text with a token of its own
    };

    private readonly Option<bool> _chat = new("--chat")
    {
        Description = "A prompt is what a user says: the model's chat template puts it into its words, and the reply alone is shown",
    };

    private readonly Option<int?> _count = new("--max-new-tokens", "-n")
    {
        Description = "Most tokens to add; 64 where absent",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly TextsOption _stops = new("--stop")
    {
        Description = "End where this comes, and leave it out; may be given again. The model's own end tokens always end",
        HelpName = "text",
    };

    private readonly TokenizerOption _tokenizer = new();
    private readonly SamplingOptions _sampling = new();
    private readonly AdaptersOption _adapters = new();
    private readonly ComputeOptions _compute = new();

    public GenerateCommand(Services services)
        : base("generate", "Continue a text: at each step the likeliest token, or one that is drawn")
    {
        Arguments.Add(_model);
        Options.Add(_prompts);
        Options.Add(_chat);
        Options.Add(_count);
        Options.Add(_stops);
        Options.Add(_adapters);
        _tokenizer.AddTo(this);
        _sampling.AddTo(this);
        _compute.AddTo(this);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Takes the likeliest token at each step, or draws one. The settings under Sampling act in the order and the way of " +
        "transformers: repetition penalty, temperature, top-k, top-p, min-p; the first alone acts without drawing, too. Text is " +
        "shown as it comes, in whole characters. Several prompts run side by side and each gives what it gives alone; they are " +
        "printed one below the other. A text ends at an end token of the model, at a `--stop` text, or after N tokens; with `--chat` " +
        "also at what ends a turn in the template.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool generate MODEL --prompt 'Once upon a time' --temperature 0.8 --top-p 0.95 --seed 7", "Draw a story that the seed gives again"),
        new("layertool generate plan.json --prompt 'The capital of France is' -n 8 --stop .", "What does the edited model say, up to the full stop?"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            Reporter reporter = services.Reporter;
            OpenModel model = new ModelOpener(reporter).Open(request.Model, request.Adapters);
            Tokenizer tokenizer = new TokenizerOpener(reporter, model, request.Tokenizer).Open();
            ChatTurns? turns = request.Chat ? new ChatTurns(ChatTemplate.Open(model.Sources.Main.Folder), tokenizer) : null;
            IReadOnlyList<IReadOnlyList<int>> prompts = [.. request.Prompts.Select(prompt => turns?.Prompt(Asked(prompt)) ?? tokenizer.Encode(prompt, addSpecialTokens: true))];
            using Decoder decoder = model.OpenDecoder(request.Compute);
            WarnOfLimits(reporter, decoder, request, prompts.Max(prompt => prompt.Count));
            GenerationSettings settings = new(request.Count) { Sampling = request.Sampling, StopTokens = StopTokens.Of(model.Sources.Main, turns?.EndOfTurn(Asked(""))) };
            TextGenerator generator = new(decoder, model.Plan, tokenizer);
            GenerateReport report = new(model, request, RunSettings.Of(decoder, request.Compute));
            if (prompts.Count == 1 && !reporter.Settings.Json)
            {
                StreamedText shown = new(reporter, request.Chat ? "" : request.Prompts[0]);
                report.Add(prompts, generator.Generate(prompts, settings, request.Stops, (_, text) => shown.Add(text), cancellation: cancellation));
                shown.Finish();
            }
            else
            {
                using (ProgressLine progress = reporter.StartProgress())
                {
                    report.Add(prompts, generator.Generate(prompts, settings, request.Stops, progress: progress, cancellation: cancellation));
                }

                reporter.Show(report);
            }

            report.NoteEnds(reporter);
            return ExitCodes.Success;
        },
        cancellation);

    private static ChatRequest Asked(string prompt) => new(ChatTurns.Messages(("user", prompt))) { Now = DateTime.Now };

    private static void WarnOfLimits(Reporter reporter, Decoder decoder, Request request, int promptTokens)
    {
        ContextLimit.Warn(reporter, decoder.Config, promptTokens, request.Count);
        if (request.Sampling.TopK > decoder.Config.VocabSize)
        {
            reporter.Warn($"`--top-k` is {request.Sampling.TopK}, and the vocabulary has {decoder.Config.VocabSize} tokens: all of them are drawn from");
        }
    }

    private Request Read(ParseResult parsed)
    {
        ComputeSettings compute = _compute.Read(parsed);
        return new Request(
            parsed.GetRequiredValue(_model),
            parsed.GetValue(_adapters) ?? [],
            parsed.GetRequiredValue(_prompts),
            parsed.GetValue(_chat),
            parsed.GetValue(_count) ?? 64,
            parsed.GetValue(_stops) ?? [],
            _tokenizer.Read(parsed),
            _sampling.Read(parsed, compute.Seed),
            compute);
    }

    /// <param name="Model">The model as named.</param>
    /// <param name="Adapters">Adapters that it runs with.</param>
    /// <param name="Prompts">Texts to continue.</param>
    /// <param name="Chat">Whether these are what a user says.</param>
    /// <param name="Count">Most new tokens of each.</param>
    /// <param name="Stops">Strings that end a text.</param>
    /// <param name="Tokenizer">Whose ids.</param>
    /// <param name="Sampling">How a token is chosen.</param>
    /// <param name="Compute">Where and how is computed.</param>
    internal sealed record Request(
        string Model,
        IReadOnlyList<NamedSource> Adapters,
        IReadOnlyList<string> Prompts,
        bool Chat,
        int Count,
        IReadOnlyList<string> Stops,
        TokenizerMode Tokenizer,
        SamplingSettings Sampling,
        ComputeSettings Compute);
}
