using LayerTool.Cli.Output;

namespace LayerTool.Cli.Commands;

/// <summary>What <c>layertool generate --json</c> prints.</summary>
internal sealed class GenerateReport(string model, string prompt, string text, IReadOnlyList<int> promptTokens, IReadOnlyList<int> tokens, bool ended) : IReport
{
    public string Schema => "layertool.generate/1";

    public object Json => new { Model = model, Prompt = prompt, Text = text, PromptTokens = promptTokens, Tokens = tokens, EndedByItself = ended };

    public void WriteText(ReportWriter writer) => writer.Line(prompt + text);
}
