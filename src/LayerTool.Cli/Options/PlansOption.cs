using System.CommandLine;
using System.CommandLine.Parsing;
using LayerTool.Faults;
using LayerTool.Plans;

namespace LayerTool.Cli.Options;

/// <summary>Plans, each notation or an existing file; the option may be given again.</summary>
internal sealed class PlansOption : Option<PlanText[]>
{
    public PlansOption()
        : base("--plan")
    {
        Description = "Measure this plan of the model in place of its own: `0-7, (8-11)x2`, or a plan file; may be given again, and beginnings that plans share are computed once";
        HelpName = "plan";
        Arity = ArgumentArity.OneOrMore;
        AllowMultipleArgumentsPerToken = false;
        CustomParser = Parse;
    }

    /// <summary>A plan of a line or an option.</summary>
    /// <exception cref="LayerToolException">It is neither notation nor a file.</exception>
    public static PlanText Parse(string text)
    {
        if (File.Exists(text))
        {
            return new PlanText(null, text);
        }

        return text.EndsWith(".json", StringComparison.Ordinal)
            ? throw new LayerToolException($"there is no plan file {Quoted.Text(text)}", "check the path; relative ones begin at the current folder")
            : new PlanText(PlanNotation.Parse(text), null);
    }

    private PlanText[] Parse(ArgumentResult result)
    {
        List<PlanText> plans = [];
        foreach (Token token in result.Tokens)
        {
            try
            {
                plans.Add(Parse(token.Value));
            }
            catch (LayerToolException fault)
            {
                result.AddError(UsageErrors.WithHint($"`{Name}`: {fault.Message}", fault.Hint));
            }
        }

        return [.. plans];
    }
}
