using System.Collections.Immutable;

namespace LayerTool.Cli.Measuring;

/// <summary>How diverse plans answer one set of prompts.</summary>
/// <param name="Name">Name of the prompts.</param>
/// <param name="Hash">SHA-256 of their file.</param>
/// <param name="Prompts">How many there are.</param>
/// <param name="Config">How they were asked.</param>
/// <param name="ByPlan">For each plan its measures, in order.</param>
/// <param name="Duration">What it took.</param>
internal sealed record DiversityResult(
    string Name,
    string Hash,
    int Prompts,
    OrderedDictionary<string, object?> Config,
    ImmutableArray<ImmutableArray<(string Measure, double Value)>> ByPlan,
    TimeSpan Duration)
{
    /// <summary>With the plans of another model behind these.</summary>
    public DiversityResult With(DiversityResult other) => this with { ByPlan = [.. ByPlan, .. other.ByPlan], Duration = Duration + other.Duration };

    /// <summary>The measures of a plan as the harness's results have theirs.</summary>
    public OrderedDictionary<string, object> Fields(int plan)
    {
        OrderedDictionary<string, object> fields = new() { ["alias"] = Name };
        foreach ((string measure, double value) in ByPlan[plan])
        {
            fields[$"{measure},none"] = value;
        }

        return fields;
    }
}
