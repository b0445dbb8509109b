using System.Text.Json.Nodes;
using LayerTool.Faults;
using LayerTool.Scoring;
using Xunit;

namespace LayerTool.Tests.Scoring;

public sealed class RankingJsonTests : IDisposable
{
    private static readonly Ranking Sample = new()
    {
        Model = "m",
        ModelHash = "abc",
        Plan = "0-2",
        Dtype = "float32",
        Calibration = "c.jsonl",
        CalibrationHash = "def",
        Sequences = 4,
        Scores = new LayerScores([new LayerScore(0, 0.3, 0.1, 0.4), new LayerScore(1, null, 0.2, 0.2), new LayerScore(2, 0.1, 0.1, 1.0 / 3)], 512),
    };

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_ranking_is_read_back_as_it_was()
    {
        RankingJson.Save(Sample, _file);

        Ranking read = RankingJson.Load(_file);

        Assert.Equal(Sample.Scores.Layers, read.Scores.Layers);
        Assert.Equal(Sample with { Scores = read.Scores }, read);
    }

    [Fact]
    public void The_file_lists_the_order_of_every_kind()
    {
        JsonNode order = RankingJson.Write(Sample)["order"]!;

        Assert.Equal("[2,0]", order["attention"]!.ToJsonString());
        Assert.Equal("[2,0,1]", order["mlp"]!.ToJsonString());
        Assert.Equal("[1,2,0]", order["blocks"]!.ToJsonString());
        Assert.Equal("""{"sublayer":"attention","layer":2}""", order["joint"]![0]!.ToJsonString());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"NaN\"")]
    [InlineData("1e999")]
    public void A_score_that_is_no_number_is_named_and_never_the_lowest(string score)
    {
        RankingJson.Save(Sample, _file);
        File.WriteAllText(_file, File.ReadAllText(_file).Replace("\"mlp\": 0.2", $"\"mlp\": {score}", StringComparison.Ordinal));

        LayerToolException fault = Assert.Throws<LayerToolException>(() => RankingJson.Load(_file));

        Assert.Contains("the score `mlp` of layer 1", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is not sound JSON")]
    [InlineData("[]", "`schema` is not a string")]
    [InlineData("{\"schema\":\"layertool.plan/1\"}", "expected `layertool.ranking/1`")]
    [InlineData("{\"schema\":\"layertool.ranking/1\"}", "`scores` is not a list")]
    [InlineData("{\"schema\":\"layertool.ranking/1\",\"scores\":[]}", "has 0 entries")]
    [InlineData("{\"schema\":\"layertool.ranking/1\",\"scores\":[{\"layer\":1}],\"tokens\":1}", "`model` is not a string")]
    public void Another_file_is_no_ranking(string content, string expected)
    {
        File.WriteAllText(_file, content);

        Assert.Contains(expected, Assert.Throws<LayerToolException>(() => RankingJson.Load(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_of_another_model_plan_or_type_are_refused_with_both_values()
    {
        string Message(Action check) => Assert.Throws<LayerToolException>(check).Message;

        Sample.CheckModel("r.json", "abc", "0-2");
        Assert.Contains("model hash is `abc`, here it is `xyz`", Message(() => Sample.CheckModel("r.json", "xyz", "0-2")), StringComparison.Ordinal);
        Assert.Contains("plan is `0-2`, here it is `0-1`", Message(() => Sample.CheckModel("r.json", "abc", "0-1")), StringComparison.Ordinal);
        Assert.Contains("dtype is `float32`, here it is `bfloat16`", Message(() => Sample.CheckDtype("r.json", "bfloat16")), StringComparison.Ordinal);
    }

    // Whatever is changed in a file, only a fault of the input may come out.
    [Fact]
    public void Damaged_files_give_only_faults_of_the_input()
    {
        RankingJson.Save(Sample, _file);
        byte[] whole = File.ReadAllBytes(_file);
        Random random = new(7);
        int refused = 0;
        for (int round = 0; round < 300; round++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(_file, damaged);
            try
            {
                RankingJson.Load(_file);
            }
            catch (LayerToolException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 50, 300);
    }
}
