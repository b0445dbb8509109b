using LayerTool.Faults;

namespace LayerTool.Tokenization.Chat;

/// <summary>A chat template that is at fault, or that refuses a conversation.</summary>
/// <param name="message">One sentence that names the template and its line.</param>
/// <param name="reason">The template's own words where it refused, else Jinja's kind of error and what is wrong.</param>
/// <param name="hint">What to do about it.</param>
/// <param name="cause">The cause.</param>
public sealed class ChatTemplateException(string message, string reason, string hint, Exception cause) : LayerToolException(message, hint, cause)
{
    /// <summary>The template's own words where it refused the conversation, else the kind of error and what is wrong.</summary>
    public string Reason { get; } = reason;
}
