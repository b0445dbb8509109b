using System.CommandLine;
using System.CommandLine.Parsing;
using LayerTool.Plans;

namespace LayerTool.Cli.Options;

/// <summary>Checkpoints beside the main one, each with the name that the plan calls it by.</summary>
internal sealed class SourcesOption : Option<IReadOnlyList<NamedSource>?>
{
    public SourcesOption()
        : base("--source")
    {
        Description = "A checkpoint that the plan takes layers from as `name:10-14`; the option again for more";
        HelpName = "name=MODEL";
        Arity = ArgumentArity.OneOrMore;
        AllowMultipleArgumentsPerToken = false;
        CustomParser = Parse;
    }

    private static List<NamedSource> Parse(ArgumentResult result)
    {
        List<NamedSource> sources = [];
        foreach (string text in result.Tokens.Select(token => token.Value))
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : text[..equals];
            if (!PlanLimits.IsName(name) || equals == text.Length - 1)
            {
                result.AddError($"`--source` is `{text}`, expected a name and a model, such as `base=FOLDER`");
            }
            else if (name == LayerPlan.Main || sources.Any(source => source.Name == name))
            {
                result.AddError($"`--source` names `{name}` again{(name == LayerPlan.Main ? ": that is MODEL" : "")}");
            }
            else
            {
                sources.Add(new NamedSource(name, text[(equals + 1)..]));
            }
        }

        return sources;
    }
}
