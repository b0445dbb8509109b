using System.Text.Json;
using LayerTool.Plans;
using LayerTool.Tests.Support;
using Xunit;

namespace LayerTool.Tests.Plans;

public sealed class GoldenPlansTests
{
    [Fact]
    public void Every_plan_of_the_reference_outputs_reads_and_comes_back()
    {
        HashSet<string> texts = [];
        foreach (string file in Directory.GetFiles(SharedFiles.Find("golden/models"), "expected.json", SearchOption.AllDirectories))
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllText(file));
            if (json.RootElement.TryGetProperty("plans", out JsonElement plans))
            {
                texts.UnionWith(plans.EnumerateObject().Where(plan => plan.Value.ValueKind == JsonValueKind.String).Select(plan => plan.Value.GetString()!));
            }
        }

        Assert.NotEmpty(texts);
        Assert.All(texts, text =>
        {
            LayerPlan plan = PlanNotation.Parse(text);
            Assert.Equal(plan, PlanNotation.Parse(PlanNotation.Print(plan)));
        });
    }
}
