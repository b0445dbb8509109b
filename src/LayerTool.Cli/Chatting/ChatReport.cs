using LayerTool.Cli.Output;

namespace LayerTool.Cli.Chatting;

/// <summary>A rendered conversation.</summary>
/// <param name="rendered">The text as the template made it.</param>
internal sealed class ChatReport(string rendered) : IReport
{
    public string Schema => "layertool.chat/1";

    public object Json => new { Rendered = rendered };

    public void WriteText(ReportWriter writer) => writer.Line(rendered);
}
