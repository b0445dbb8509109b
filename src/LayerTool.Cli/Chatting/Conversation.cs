using System.Text.Json;
using System.Text.Json.Nodes;
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

/// <summary>A conversation on a terminal: a line from the user, an answer from the model, until an empty line.</summary>
internal static class Conversation
{
    public static int Run(Reporter reporter, ChatCommand.Request request, CancellationToken cancellation)
    {
        if (Console.IsInputRedirected)
        {
            throw new LayerToolException("there is no conversation to render, and no terminal to hold one on", "give `--messages` or `--lines`");
        }

        ChatTemplate template = ChatCommand.OpenTemplate(reporter, request);
        OpenModel model = new ModelOpener(reporter).Open(request.Model);
        Tokenizer tokenizer = new TokenizerOpener(reporter, model, request.Conversation.Tokenizer).Open();
        using Decoder decoder = Decoder.Open(model.Sources, request.Conversation.Compute);
        TextGenerator generator = new(decoder, model.Plan, tokenizer);
        GenerationSettings settings = new(request.Conversation.Count) { Sampling = request.Conversation.Sampling, StopTokens = StopTokens.Of(model.Sources.Main) };
        JsonArray messages = [];
        while (Ask(reporter) is { Length: > 0 } text)
        {
            messages.Add(new JsonObject { ["role"] = "user", ["content"] = text });
            string prompt = template.Render(request.Chat with { Messages = JsonSerializer.SerializeToElement(messages), AddGenerationPrompt = true });
            StreamedText shown = new(reporter, "");
            GeneratedText answer = generator.Generate(
                [tokenizer.Encode(prompt, addSpecialTokens: false)], settings, [], (_, piece) => shown.Add(piece), cancellation: cancellation)[0];
            shown.Finish();
            messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = answer.Text });
        }

        return ExitCodes.Success;
    }

    private static string? Ask(Reporter reporter)
    {
        reporter.Piece("> ");
        return Console.In.ReadLine();
    }
}
