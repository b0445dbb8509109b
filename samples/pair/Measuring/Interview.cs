using LayerTool.Checkpoints;
using LayerTool.Generation;
using LayerTool.Models;
using LayerTool.Plans;
using LayerTool.Samples.Pair.Text;
using LayerTool.Tokenization;

namespace LayerTool.Samples.Pair.Measuring;

/// <summary>Asks a model questions in the fixed format, all side by side.</summary>
internal sealed class Interview(Decoder decoder, LayerPlan plan, Checkpoint main, Tokenizer tokenizer, IReadOnlyList<Question> questions)
{
    private const int MostTokens = 12;

    private readonly TextGenerator _generator = new(decoder, plan, tokenizer);
    private readonly IReadOnlyList<int>[] _prompts = [.. questions.Select(question => tokenizer.Encode(question.Prompt, addSpecialTokens: false))];
    private readonly IReadOnlySet<int> _stop = StopTokens.Of(main);

    /// <summary>The likeliest answer to each question.</summary>
    public IReadOnlyList<GeneratedText> Likeliest() => Ask(new SamplingSettings());

    /// <summary>Answers drawn from the model's own distribution: so many lists of one answer a question.</summary>
    public IReadOnlyList<IReadOnlyList<GeneratedText>> Drawn(int samples) =>
        [.. Enumerable.Range(0, samples).Select(seed => Ask(new SamplingSettings { Temperature = 1, Seed = seed }))];

    private IReadOnlyList<GeneratedText> Ask(SamplingSettings sampling) =>
        _generator.Generate(_prompts, new GenerationSettings(MostTokens) { Sampling = sampling, StopTokens = _stop }, []);
}
