using LayerTool.Cli.Commands;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Output;
using LayerTool.Faults;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Tokenization;
using LayerTool.Tokenization.Chat;

namespace LayerTool.Cli.Chatting;

/// <summary>A conversation on a terminal: a line from the user, an answer from the model, until an empty line or the end of the input.</summary>
internal static class Conversation
{
    private const string Prompt = "> ";

    public static int Run(Reporter reporter, ChatCommand.Request request, CancellationToken cancellation)
    {
        if (Console.IsInputRedirected)
        {
            throw new LayerToolException("there is no conversation to render, and no terminal to hold one on", "give `--messages` or `--lines`");
        }

        ChatTemplate template = ChatCommand.OpenTemplate(reporter, request);
        OpenModel model = new ModelOpener(reporter).Open(request.Model, request.Conversation.Adapters);
        Tokenizer tokenizer = new TokenizerOpener(reporter, model, request.Conversation.Tokenizer).Open();
        using Decoder decoder = model.OpenDecoder(request.Conversation.Compute);
        TextGenerator generator = new(decoder, model.Plan, tokenizer);
        ChatTurns turns = new(template, tokenizer);
        GenerationSettings settings = new(request.Conversation.Count)
        {
            Sampling = request.Conversation.Sampling, StopTokens = StopTokens.Of(model.Sources.Main, turns.EndOfTurn(request.Chat)),
        };
        List<(string Role, string Content)> said = [];
        bool warned = false;
        while (Ask(reporter, cancellation) is { Length: > 0 } text)
        {
            said.Add(("user", text));
            IReadOnlyList<int> prompt = turns.Prompt(request.Chat with { Messages = ChatTurns.Messages(said) });
            warned = warned || ContextLimit.Warn(reporter, decoder.Config, prompt.Count, settings.Count);
            StreamedText shown = new(reporter, "");
            GeneratedText answer = generator.Generate([prompt], settings, [], (_, piece) => shown.Add(piece), cancellation: cancellation)[0];
            shown.Finish();
            said.Add(("assistant", answer.Text.Trim()));
        }

        return ExitCodes.Success;
    }

    /// <summary>A line from the terminal; null at the end of the input. Ctrl+C ends the wait, which reading itself does not notice.</summary>
    private static string? Ask(Reporter reporter, CancellationToken cancellation)
    {
        reporter.Piece(Prompt);
        Task<string?> line = Task.Run(Console.In.ReadLine, CancellationToken.None);
        try
        {
            line.Wait(cancellation);
        }
        finally
        {
            if (!line.IsCompleted || line.Result is null)
            {
                reporter.Line(""); // the shell goes on below
            }
        }

        return line.Result;
    }
}
