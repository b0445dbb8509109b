using System.CommandLine;
using LayerTool.Checkpoints;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Options;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Tensors;
using LayerTool.Tokenization;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool generate</c>: continues a text, greedily.</summary>
internal sealed class GenerateCommand : Verb
{
    private readonly Argument<string> _model = ModelArgument.Create();

    private readonly Option<string> _prompt = new("--prompt", "-p") { Description = "Text to continue", HelpName = "text", Required = true };

    private readonly Option<int?> _count = new("--max-new-tokens", "-n")
    {
        Description = "Most tokens to add; 64 where absent",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly TokenizerOption _tokenizer = new();
    private readonly ComputeOptions _compute = new();

    public GenerateCommand(Services services)
        : base("generate", "Continue a text: at each step the likeliest token")
    {
        Arguments.Add(_model);
        Options.Add(_prompt);
        Options.Add(_count);
        _tokenizer.AddTo(this);
        _compute.AddTo(this);
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool generate MODEL --prompt 'Once upon a time'", "Continue a story"),
        new("layertool generate plan.json --prompt 'The capital of France is' -n 8", "What does the edited model say?"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            OpenModel model = new ModelOpener(services.Reporter).Open(request.Model);
            Checkpoint main = model.Sources.Main;
            Tokenizer tokenizer = new TokenizerOpener(services.Reporter, model, request.Tokenizer).Open();
            IReadOnlySet<int> stop = StopTokens.Of(main);
            IReadOnlyList<int> prompt = tokenizer.Encode(request.Prompt, addSpecialTokens: true);
            using Decoder decoder = Decoder.Open(model.Sources, request.Compute);
            StreamingDecoder text = new(tokenizer, skipSpecialTokens: true);
            bool streams = !services.Reporter.Settings.Json;
            string shown = Start(text, prompt);
            System.Text.StringBuilder added = new();
            bool begun = false;

            // With the first token, so that a run that fails prints nothing.
            void Begin()
            {
                if (streams && !begun)
                {
                    services.Reporter.Piece(shown);
                }

                begun = true;
            }

            void Show(string piece)
            {
                Begin();
                added.Append(piece);
                if (streams)
                {
                    services.Reporter.Piece(piece);
                }
            }

            if (prompt.Count + request.Count > main.Config.ContextLength)
            {
                services.Reporter.Warn($"{prompt.Count} tokens and {request.Count} new ones go past the {main.Config.ContextLength} that the model was made for");
            }

            IReadOnlyList<GreedyGenerator.Choice> chosen = GreedyGenerator.Generate(
                decoder,
                model.Plan,
                [prompt],
                request.Count,
                stop,
                onToken: (_, token) => Show(text.Add(token)),
                cancellation: cancellation)[0];
            Show(text.Finish());
            if (streams)
            {
                services.Reporter.Line("");
            }
            else
            {
                services.Reporter.Show(new GenerateReport(model.Name, request.Prompt, added.ToString(), prompt, [.. chosen.Select(choice => choice.Token)], chosen.Count < request.Count));
            }

            return ExitCodes.Success;
        },
        cancellation);

    /// <summary>Feeds the prompt, so that the first new token is decoded in its place; gives the prompt's text.</summary>
    private static string Start(StreamingDecoder text, IReadOnlyList<int> prompt) => string.Concat(prompt.Select(text.Add));

    private Request Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_model),
        parsed.GetRequiredValue(_prompt),
        parsed.GetValue(_count) ?? 64,
        _tokenizer.Read(parsed),
        _compute.Read(parsed));

    internal sealed record Request(string Model, string Prompt, int Count, TokenizerMode Tokenizer, ComputeSettings Compute);
}
