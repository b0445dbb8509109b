using System.Text.Json;
using LayerTool.Faults;
using LayerTool.Tokenization.Templates;
using LayerTool.Tokenization.Templates.Values;

namespace LayerTool.Tokenization.Chat;

/// <summary>Turns a conversation into the text that a model was trained to read, as transformers' apply_chat_template does.</summary>
public sealed class ChatTemplate
{
    // The keys under which what a model thought stands in messages of different makers.
    private static readonly string[] ThoughtKeys = ["reasoning_content", "thinking", "reasoning"];

    private readonly Template _template;
    private readonly Template? _withTools;
    private readonly IReadOnlyDictionary<string, string> _specialTokens;
    private readonly string _name;

    private ChatTemplate(string name, string text, string? withTools, IReadOnlyDictionary<string, string> specialTokens)
    {
        _name = name;
        _specialTokens = specialTokens;
        _template = Read(text);
        _withTools = withTools is null ? null : Read(withTools);
    }

    /// <summary>Opens the template of a folder: chat_template.jinja, else the one in tokenizer_config.json.</summary>
    /// <exception cref="LayerToolException">There is none, or it is at fault.</exception>
    public static ChatTemplate Open(string folder) => Find(folder) ?? throw new LayerToolException(
        $"{folder}: has no chat template", "give one with `--template`, or use a model that was trained on conversations");

    /// <summary>As <see cref="Open(string)"/>; null where the folder has no template.</summary>
    /// <exception cref="LayerToolException">It is at fault.</exception>
    public static ChatTemplate? Find(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        TokenizerConfig config = TokenizerConfig.Read(folder);
        string file = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(file))
        {
            return Open(file, config.Tokens);
        }

        return config.ChatTemplate is { } text
            ? new ChatTemplate($"{config.ChatTemplateFile}: `chat_template`", text, config.ToolTemplate, config.Tokens)
            : null;
    }

    /// <summary>Opens the template of a file, with the special tokens of a folder.</summary>
    /// <exception cref="LayerToolException">It cannot be read, or is at fault.</exception>
    public static ChatTemplate Open(string file, string folder) => Open(file, TokenizerConfig.Read(folder).Tokens);

    /// <summary>Reads a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="specialTokens">The special tokens that it may name, such as <c>bos_token</c>.</param>
    /// <param name="name">How messages call it.</param>
    /// <exception cref="LayerToolException">It is at fault.</exception>
    public static ChatTemplate Parse(string text, IReadOnlyDictionary<string, string> specialTokens, string name) => new(name, text, null, specialTokens);

    /// <summary>The text of a conversation.</summary>
    /// <exception cref="ChatTemplateException">The template refuses it, or fails.</exception>
    public string Render(ChatRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Dictionary<string, object?> variables = new(StringComparer.Ordinal)
        {
            ["messages"] = Messages(request),
            ["tools"] = request.Tools is { } tools ? JsonValues.Read(tools) : null,
            ["documents"] = null,
            ["add_generation_prompt"] = request.AddGenerationPrompt,
        };
        foreach ((string key, string token) in _specialTokens)
        {
            variables[key] = token;
        }

        foreach ((string name, JsonElement value) in request.Settings)
        {
            variables[name] = JsonValues.Read(value);
        }

        try
        {
            return (request.Tools is null ? _template : _withTools ?? _template).Render(variables, request.Now);
        }
        catch (TemplateFault fault)
        {
            throw Fault(fault);
        }
    }

    private static ChatTemplate Open(string file, IReadOnlyDictionary<string, string> specialTokens)
    {
        const long Largest = 4 << 20;
        try
        {
            return new FileInfo(file).Length <= Largest
                ? new ChatTemplate(file, File.ReadAllText(file), null, specialTokens)
                : throw new LayerToolException($"{file}: is larger than the {Largest >> 20} MB that a chat template may have", "give the file of a chat template");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LayerToolException($"{file}: cannot be read: {e.Message}", "check the path and your rights on it", e);
        }
    }

    private Template Read(string text)
    {
        try
        {
            return Template.Parse(text);
        }
        catch (TemplateFault fault)
        {
            throw Fault(fault);
        }
    }

    private static List<object?> Messages(ChatRequest request)
    {
        object? messages = JsonValues.Read(request.Messages);
        if (messages is not List<object?> list)
        {
            throw new LayerToolException(
                $"the messages are {(messages is null ? "null" : $"a {PythonType.Of(messages)}")}, expected a list of objects", "write `[{\"role\": \"user\", \"content\": \"…\"}]`");
        }

        for (int i = 0; i < list.Count; i++)
        {
            DictValue message = list[i] as DictValue
                ?? throw new LayerToolException($"message {i} is no object", "write each message as `{\"role\": \"user\", \"content\": \"…\"}`");
            list[i] = Message(message, request.KeepNull);
        }

        return list;
    }

    private static DictValue Message(DictValue given, bool keepNull)
    {
        DictValue message = new();
        foreach ((object? key, object? value) in given.Entries)
        {
            if (keepNull || value is not null)
            {
                message[key] = value;
            }
        }

        object? thought = ThoughtKeys.Select(key => given.TryGet(key, out object? value) ? value : null).FirstOrDefault(value => value is not null);
        if (thought is not null)
        {
            message["reasoning_content"] = thought;
            message["thinking"] = thought;
        }

        return message;
    }

    private ChatTemplateException Fault(TemplateFault fault)
    {
        string place = fault.Line > 0 ? $"{_name}, line {fault.Line}" : _name;
        return fault.Kind switch
        {
            TemplateFault.Raised => new ChatTemplateException(
                $"{place}: the template refuses the conversation: {fault.Message}", fault.Message, "change the conversation as the template says", fault),
            TemplateFault.Limit => new ChatTemplateException(
                $"{place}: the template takes more than it may: {fault.Message}", $"{fault.Kind}: {fault.Message}", "use the template of the model's own folder", fault),
            _ => new ChatTemplateException(
                $"{place}: {fault.Kind}: {fault.Message}", $"{fault.Kind}: {fault.Message}",
                fault.Kind is TemplateFault.Syntax or "TemplateAssertionError" ? "correct the template, or give another one with `--template`" : "check that the conversation has what the template asks for", fault),
        };
    }
}
