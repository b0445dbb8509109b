using System.CommandLine;
using System.Text.Json;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Data;
using LayerTool.Faults;
using LayerTool.Progress;
using LayerTool.Tokenization;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool tokenize</c>: text to token ids and back.</summary>
internal sealed class TokenizeCommand : Verb
{
    private readonly Argument<string> _model = ModelArgument.Create();
    private readonly Argument<string?> _text = new("TEXT") { Description = "The text, in quotes", Arity = ArgumentArity.ZeroOrOne };
    private readonly PathOption _lines = new("--lines") { Description = "Texts instead: a file of one JSON object with `text` a line", HelpName = "file.jsonl" };
    private readonly Option<bool> _special = new("--special") { Description = "Add the special tokens of the tokenizer, such as the one that begins a text" };
    private readonly TokenizerOption _tokenizer = new();

    public TokenizeCommand(Services services)
        : base("tokenize", "Text to token ids and back; a folder with tokenizer files alone will do")
    {
        Arguments.Add(_model);
        Arguments.Add(_text);
        Options.Add(_lines);
        Options.Add(_special);
        _tokenizer.AddTo(this);
        Validators.Add(result =>
        {
            bool hasText = result.GetResult(_text) is { Tokens.Count: > 0 };
            bool hasLines = result.GetResult(_lines) is not null;
            if (hasText == hasLines)
            {
                result.AddError(hasText ? "give TEXT or `--lines`, not both" : "nothing to tokenize: give TEXT or `--lines`");
            }
        });
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Shows the ids of a text, the text that they stand for, and counts. `auto` gives the ids that transformers' AutoTokenizer " +
        "gives; they differ from tokenizer.json for a few texts of a few families. With `--lines`, one JSON object a line goes in " +
        "and comes out.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool tokenize MODEL \"Once upon a time\" --special", "The ids that the model sees"),
        new("layertool tokenize MODEL --lines texts.jsonl --json", "One object a line, for a program"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            Tokenizer tokenizer = Tokenizer.Open(ModelOpener.TokenizerFolder(services.Reporter, request.Model), request.Mode);
            services.Reporter.Detail($"tokenizer: {tokenizer.Reading}");
            if (request.Lines is { } file)
            {
                ShowLines(services.Reporter, tokenizer, file, request.AddSpecialTokens, cancellation);
            }
            else
            {
                services.Reporter.Show(TokenizeReport.Of(tokenizer, request.Text ?? "", request.AddSpecialTokens));
            }

            return ExitCodes.Success;
        },
        cancellation);

    private static void ShowLines(Reporter reporter, Tokenizer tokenizer, string file, bool addSpecialTokens, CancellationToken cancellation)
    {
        if (!File.Exists(file))
        {
            throw new LayerToolException($"`--lines`: there is no file `{file}`", "give a .jsonl file with one object a line, such as `{\"text\": \"…\"}`");
        }

        long texts = 0;
        using ProgressLine progress = reporter.StartProgress();
        foreach (string text in JsonLinesFile.Open(file, column: null).Documents())
        {
            cancellation.ThrowIfCancellationRequested();
            TokenizeReport report = TokenizeReport.Of(tokenizer, text, addSpecialTokens);
            if (reporter.Settings.Json)
            {
                reporter.Line(JsonSerializer.Serialize(report.Row, JsonReport.OneLine));
            }
            else
            {
                reporter.ShowText(report);
            }

            progress.Report(new Step("tokenizing", ++texts, 0, "texts"));
        }
    }

    private Request Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_model), parsed.GetValue(_text), parsed.GetValue(_lines), parsed.GetValue(_special), _tokenizer.Read(parsed));

    internal sealed record Request(string Model, string? Text, string? Lines, bool AddSpecialTokens, TokenizerMode Mode);
}
