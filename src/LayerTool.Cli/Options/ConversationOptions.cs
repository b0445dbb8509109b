using System.CommandLine;
using LayerTool.Cli.Chatting;
using LayerTool.Cli.Commands;
using LayerTool.Tensors;

namespace LayerTool.Cli.Options;

/// <summary>How a model answers in a conversation.</summary>
internal readonly struct ConversationOptions()
{
    private readonly Option<int?> _count = new("--max-new-tokens", "-n")
    {
        Description = "Most tokens of an answer; 512 where absent",
        HelpName = "N",
        CustomParser = Syntax.Count(),
    };

    private readonly AdaptersOption _adapters = new();
    private readonly TokenizerOption _tokenizer = new();
    private readonly SamplingOptions _sampling = new();
    private readonly ComputeOptions _compute = new();

    public void AddTo(Verb verb)
    {
        verb.Options.Add(_count);
        verb.Options.Add(_adapters);
        _tokenizer.AddTo(verb);
        _sampling.AddTo(verb);
        _compute.AddTo(verb);
    }

    public ConversationRequest Read(ParseResult parsed)
    {
        ComputeSettings compute = _compute.Read(parsed);
        return new ConversationRequest(parsed.GetValue(_count) ?? 512, parsed.GetValue(_adapters) ?? [], _tokenizer.Read(parsed), _sampling.Read(parsed, compute.Seed), compute);
    }
}
