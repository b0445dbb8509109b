using System.CommandLine;
using LayerTool.Plans;

namespace LayerTool.Cli.Options;

/// <summary>An option that names layers; which of them there are is known once the checkpoint is open.</summary>
internal sealed class LayersOption : Option<LayerList?>
{
    public LayersOption(string name, string description)
        : base(name)
    {
        Description = description;
        HelpName = "layers";
        CustomParser = Syntax.Of(LayerList.Parse);
        CompletionSources.Add("all", "even", "odd");
    }
}
