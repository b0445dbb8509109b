using System.CommandLine;
using System.CommandLine.Parsing;
using LayerTool.Plans;

namespace LayerTool.Cli.Options;

/// <summary>A plan: notation, whose faults are wrong usage, or an existing file.</summary>
internal sealed class PlanOption : Option<PlanText?>
{
    private static readonly Func<ArgumentResult, LayerPlan?> Notation = Syntax.Of(PlanNotation.Parse);

    public PlanOption()
        : base("--plan")
    {
        Description = "What is played: `0-7, (8-11)x2, 12.mlp, base:13-14, [15|16]`, or a plan file";
        HelpName = "plan";
        CustomParser = Parse;
    }

    private static PlanText? Parse(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        if (File.Exists(text))
        {
            return new PlanText(null, text);
        }

        if (text.EndsWith(".json", StringComparison.Ordinal))
        {
            result.AddError($"`--plan` names the file `{text}`, which does not exist");
            return null;
        }

        return Notation(result) is LayerPlan plan ? new PlanText(plan, null) : null;
    }
}
