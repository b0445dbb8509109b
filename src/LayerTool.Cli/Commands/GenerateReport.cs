using LayerTool.Cli.Editing;
using LayerTool.Cli.Measuring;
using LayerTool.Cli.Output;
using LayerTool.Generation;
using LayerTool.Plans;

namespace LayerTool.Cli.Commands;

/// <summary>What <c>layertool generate</c> prints: with <c>--json</c>, and of several prompts.</summary>
internal sealed class GenerateReport(OpenModel model, GenerateCommand.Request request, RunSettings settings) : IReport
{
    private readonly List<(IReadOnlyList<int> Prompt, GeneratedText Text)> _texts = [];

    public string Schema => "layertool.generate/1";

    public object Json => new
    {
        Model = model.Name,
        Plan = PlanNotation.Print(model.Plan),
        Settings = settings,
        request.Chat,
        MaxNewTokens = request.Count,
        request.Stops,
        request.Sampling.RepetitionPenalty,
        request.Sampling.Temperature,
        request.Sampling.TopK,
        request.Sampling.TopP,
        request.Sampling.MinP,
        Results = _texts.Select((pair, index) => new
        {
            Prompt = request.Prompts[index],
            pair.Text.Text,
            PromptTokens = pair.Prompt,
            pair.Text.Tokens,
            EndedBy = pair.Text.End switch
            {
                GenerationEnd.StopToken => "stop token",
                GenerationEnd.StopString => "stop string",
                _ => "length",
            },
        }),
    };

    /// <summary>Takes the results.</summary>
    public void Add(IReadOnlyList<IReadOnlyList<int>> prompts, IReadOnlyList<GeneratedText> texts) => _texts.AddRange(prompts.Zip(texts));

    public void WriteText(ReportWriter writer)
    {
        for (int index = 0; index < _texts.Count; index++)
        {
            if (index > 0)
            {
                writer.Line();
            }

            string text = _texts[index].Text.Text;
            writer.Line(request.Chat ? text.TrimStart() : request.Prompts[index] + text);
        }
    }

    /// <summary>Says where a stop string was asked for and none came.</summary>
    public void NoteEnds(Reporter reporter)
    {
        int unmet = _texts.Count(pair => pair.Text.End == GenerationEnd.Length);
        if (request.Stops.Count > 0 && unmet > 0)
        {
            string texts = _texts.Count == 1 ? "the text" : $"{unmet} of {_texts.Count} texts";
            reporter.Note($"no `--stop` text was met: {texts} ended after {request.Count} tokens");
        }
    }
}
