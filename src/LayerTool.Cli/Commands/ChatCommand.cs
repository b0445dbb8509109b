using System.CommandLine;
using System.Text.Json;
using LayerTool.Cli.Chatting;
using LayerTool.Cli.Editing;
using LayerTool.Cli.Options;
using LayerTool.Cli.Output;
using LayerTool.Tokenization.Chat;

namespace LayerTool.Cli.Commands;

/// <summary><c>layertool chat</c>: renders conversations as the model reads them, or holds one.</summary>
internal sealed class ChatCommand : Verb
{
    private readonly Argument<string> _model = ModelArgument.Create();
    private readonly PathOption _messages = new("--messages") { Description = "The conversation: a JSON file with a list of messages", HelpName = "file.json" };
    private readonly PathOption _tools = new("--tools") { Description = "Tools that may be called: a JSON file with a list", HelpName = "file.json" };
    private readonly PathOption _lines = new("--lines")
    {
        Description = "Many conversations: one object with `messages`, and maybe `tools`, `add_generation_prompt`, `kwargs`, a line",
        HelpName = "file.jsonl",
    };

    private readonly Option<bool> _prompt = new("--add-generation-prompt") { Description = "End with what opens the model's answer" };
    private readonly SettingsOption _settings = new("--set");
    private readonly PathOption _template = new("--template") { Description = "Another template than the folder's", HelpName = "file.jinja" };
    private readonly Option<DateTime?> _now = new("--now")
    {
        Description = "The time that the template is told, such as `2026-07-26T09:05:03`; the clock's where absent",
        HelpName = "time",
        CustomParser = Syntax.Time,
    };

    private readonly Option<bool> _keepNull = new("--keep-null") { Description = "Keep keys of messages whose value is null, which transformers drops" };
    private readonly ConversationOptions _conversation = new();

    public ChatCommand(Services services)
        : base("chat", "Render a conversation as the model reads it, or hold one")
    {
        Arguments.Add(_model);
        Option[] own = [_messages, _tools, _lines, _prompt, _settings, _template, _now, _keepNull];
        foreach (Option option in own)
        {
            Options.Add(option);
        }

        _conversation.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetResult(_messages) is not null && result.GetResult(_lines) is not null)
            {
                result.AddError("give `--messages` or `--lines`, not both");
            }
        });
        SetAction((parsed, cancellation) => RunAsync(services, Read(parsed), cancellation));
    }

    public override string Details =>
        "Prints what the model's chat template makes of a conversation: the template is the folder's chat_template.jinja or the one in " +
        "tokenizer_config.json, read as transformers reads it, within limits of time and memory. A folder with these files alone will " +
        "do. A template that refuses a conversation says why. Without a file, on a terminal, you talk to the model; an empty line or Ctrl+D ends it.";

    public override IReadOnlyList<Example> Examples =>
    [
        new("layertool chat MODEL --messages talk.json --add-generation-prompt", "The text that the model would continue"),
        new("layertool chat MODEL --lines talks.jsonl --json", "One object a line: `rendered`, or `error`"),
    ];

    internal static Task<int> RunAsync(Services services, Request request, CancellationToken cancellation) => Task.Run(
        () =>
        {
            Reporter reporter = services.Reporter;
            if (request.Messages is null && request.Lines is null)
            {
                return Conversation.Run(reporter, request, cancellation);
            }

            ChatTemplate template = OpenTemplate(reporter, request);
            if (request.Lines is { } file)
            {
                ChatLines.Show(reporter, template, file, request.Chat, cancellation);
                return ExitCodes.Success;
            }

            ChatRequest chat = request.Chat with
            {
                Messages = ChatFile.Read(request.Messages!),
                Tools = request.Tools is { } tools ? ChatFile.Read(tools) : null,
            };
            reporter.Show(new ChatReport(template.Render(chat)));
            return ExitCodes.Success;
        },
        cancellation);

    /// <summary>The template that a request names: a file's, or the model folder's.</summary>
    internal static ChatTemplate OpenTemplate(Reporter reporter, Request request)
    {
        string folder = ModelOpener.TokenizerFolder(reporter, request.Model);
        return request.Template is { } file ? ChatTemplate.Open(file, folder) : ChatTemplate.Open(folder);
    }

    private Request Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_model),
        parsed.GetValue(_messages),
        parsed.GetValue(_tools),
        parsed.GetValue(_lines),
        parsed.GetValue(_template),
        new ChatRequest(default)
        {
            AddGenerationPrompt = parsed.GetValue(_prompt),
            Settings = parsed.GetValue(_settings) ?? new Dictionary<string, JsonElement>(),
            Now = parsed.GetValue(_now) ?? DateTime.Now,
            KeepNull = parsed.GetValue(_keepNull),
        },
        _conversation.Read(parsed));

    /// <param name="Model">The model as named.</param>
    /// <param name="Messages">File of the conversation, or null.</param>
    /// <param name="Tools">File of the tools, or null.</param>
    /// <param name="Lines">File of many conversations, or null.</param>
    /// <param name="Template">File of another template, or null.</param>
    /// <param name="Chat">All that a conversation has but its messages and tools.</param>
    /// <param name="Conversation">How the model answers.</param>
    internal sealed record Request(
        string Model, string? Messages, string? Tools, string? Lines, string? Template, ChatRequest Chat, ConversationRequest Conversation);
}
