using LayerTool.Architectures;
using LayerTool.Cli.Output;

namespace LayerTool.Cli.Chatting;

/// <summary>Texts that grow past what a model was made for.</summary>
internal static class ContextLimit
{
    /// <summary>Warns where they do.</summary>
    /// <param name="reporter">Who says it.</param>
    /// <param name="config">The model.</param>
    /// <param name="prompt">Tokens of the longest prompt.</param>
    /// <param name="count">Most new ones.</param>
    /// <returns>Whether it was said.</returns>
    /// <exception cref="Faults.LayerToolException">Warnings are faults.</exception>
    public static bool Warn(Reporter reporter, ModelConfig config, int prompt, int count)
    {
        bool past = (long)prompt + count > config.ContextLength;
        if (past)
        {
            reporter.Warn($"{prompt} tokens and {count} new ones go past the {config.ContextLength} that the model was made for");
        }

        return past;
    }
}
