using System.CommandLine;
using System.CommandLine.Parsing;
using LayerTool.Plans;

namespace LayerTool.Cli.Options;

/// <summary>Adapters that a model runs with, each with the name that the plan calls it by.</summary>
internal sealed class AdaptersOption : Option<IReadOnlyList<NamedSource>?>
{
    private const string DefaultName = "adapter";

    public AdaptersOption()
        : base("--adapter")
    {
        Description = "A LoRA or DoRA adapter as PEFT saves it: of the slots that the plan gives it as `0-3+name`, else of all; the option again for more";
        HelpName = "[name=]folder";
        Arity = ArgumentArity.OneOrMore;
        AllowMultipleArgumentsPerToken = false;
        CustomParser = Parse;
    }

    private static List<NamedSource> Parse(ArgumentResult result)
    {
        List<NamedSource> adapters = [];
        foreach (string text in result.Tokens.Select(token => token.Value))
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            bool isNamed = equals > 0 && PlanLimits.IsName(text[..equals]);
            string folder = isNamed ? text[(equals + 1)..] : text;
            string name = isNamed ? text[..equals] : NameOf(folder);
            if (string.IsNullOrWhiteSpace(folder) || folder.Contains('\0', StringComparison.Ordinal))
            {
                result.AddError($"`--adapter` is `{text}`, expected a folder, or a name and a folder such as `chat=FOLDER`");
            }
            else if (adapters.Any(adapter => adapter.Name == name))
            {
                result.AddError($"`--adapter` names `{name}` again: give each a name of its own, such as `other={folder}`");
            }
            else
            {
                adapters.Add(new NamedSource(name, folder));
            }
        }

        return adapters;
    }

    // The folder's own name, where a plan can say it.
    private static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)) is string name && PlanLimits.IsName(name) ? name : DefaultName;
}
